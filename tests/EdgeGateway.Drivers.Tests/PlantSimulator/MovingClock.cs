using Microsoft.Extensions.Time.Testing;

namespace EdgeGateway.Drivers.Tests.PlantSimulator;

/// <summary>A fake clock that runs while something is waited for.</summary>
internal static class MovingClock
{
    /// <summary>Moves a fake clock until <paramref name="task"/> is done.</summary>
    public static async Task<T> Advance<T>(FakeTimeProvider time, TimeSpan step, Task<T> task)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!task.IsCompleted)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Eventually.Patience, "the clock moves, but nothing comes");
            time.Advance(step);
            await Task.Yield();
        }
        return await task;
    }
}
