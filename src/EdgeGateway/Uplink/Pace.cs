namespace EdgeGateway.Uplink;

/// <summary>A token bucket: so many a second, with a second's worth in hand.</summary>
internal sealed class Pace(int perSecond, TimeProvider time)
{
    private double _tokens = perSecond;
    private long _since = time.GetTimestamp();

    /// <summary>How long until there is a token; zero or less if there is one. Looking takes none.</summary>
    public TimeSpan Wait
    {
        get
        {
            var now = time.GetTimestamp();
            _tokens = Math.Min(perSecond, _tokens + time.GetElapsedTime(_since, now).TotalSeconds * perSecond);
            _since = now;
            return _tokens >= 1 ? TimeSpan.Zero : TimeSpan.FromSeconds((1 - _tokens) / perSecond);
        }
    }

    /// <summary>Takes a token, for something that is really sent.</summary>
    public void Take() => _tokens--;
}
