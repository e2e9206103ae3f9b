namespace EdgeGateway.SystemTests;

/// <summary>Waits for what must come; the patience only decides how long a broken build takes to say so.</summary>
internal static class Eventually
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);

    /// <param name="condition">What is waited for.</param>
    /// <param name="what">The same in words; made only when it was waited for in vain.</param>
    public static async Task Is(Func<bool> condition, Func<string> what)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > Patience) Assert.Fail($"waited {Patience.TotalSeconds:0} s in vain: {what()}");
            await Task.Delay(Glance, TimeProvider.System, CancellationToken.None);
        }
    }
}
