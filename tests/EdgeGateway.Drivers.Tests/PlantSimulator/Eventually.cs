using Microsoft.Extensions.Time.Testing;

namespace EdgeGateway.Drivers.Tests.PlantSimulator;

/// <summary>Waits for what must come; the patience only decides how long a broken build takes to say so.</summary>
internal static class Eventually
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static async Task Is(Func<bool> condition, string what)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Patience, $"waited in vain: {what}");
            await Task.Yield();
        }
    }

    /// <summary>Moves a fake clock until <paramref name="task"/> is done.</summary>
    public static async Task<T> Advance<T>(FakeTimeProvider time, TimeSpan step, Task<T> task)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!task.IsCompleted)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Patience, "the clock moves, but nothing comes");
            time.Advance(step);
            await Task.Yield();
        }
        return await task;
    }
}
