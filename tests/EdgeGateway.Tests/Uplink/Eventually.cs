namespace EdgeGateway.Tests.Uplink;

/// <summary>Waits for a condition, never for a time.</summary>
internal static class Eventually
{
    public static async Task Holds(Func<bool> condition, Func<string> state, int seconds = 30)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start).TotalSeconds < seconds, $"not within {seconds} s: {state()}");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }
}
