namespace EdgeGateway.Testing;

/// <summary>Waits for what must come; the patience only decides how long a broken build takes to say so.</summary>
internal static class Eventually
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(10);

    /// <param name="condition">What is waited for.</param>
    /// <param name="what">The same in words; made only when it was waited for in vain.</param>
    /// <param name="within">For what must come soon, because something later would bring it as well; <see cref="Patience"/> if null.</param>
    public static async Task Is(Func<bool> condition, Func<string> what, TimeSpan? within = null)
    {
        var patience = within ?? Patience;
        var start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > patience) Assert.Fail($"waited {patience.TotalSeconds:0} s in vain: {what()}");
            await Task.Delay(Glance, TimeProvider.System, CancellationToken.None);
        }
    }

    /// <inheritdoc cref="Is(Func{bool}, Func{string}, TimeSpan?)"/>
    public static Task Is(Func<bool> condition, string what) => Is(condition, () => what);
}
