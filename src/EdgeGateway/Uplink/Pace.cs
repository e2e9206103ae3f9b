namespace EdgeGateway.Uplink;

/// <summary>A token bucket: so many a second, with a second's worth in hand.</summary>
internal sealed class Pace(int perSecond, TimeProvider time)
{
    private double _tokens = perSecond;
    private long _since = time.GetTimestamp();

    /// <summary>Takes one token; false if there is none yet.</summary>
    public bool TryTake()
    {
        var now = time.GetTimestamp();
        _tokens = Math.Min(perSecond, _tokens + time.GetElapsedTime(_since, now).TotalSeconds * perSecond);
        _since = now;
        if (_tokens < 1) return false;
        _tokens--;
        return true;
    }

    /// <summary>How long until there is one.</summary>
    public TimeSpan Wait => TimeSpan.FromSeconds(Math.Max(0, (1 - _tokens) / perSecond));
}
