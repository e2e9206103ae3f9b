namespace EdgeGateway.Uplink;

/// <summary>A token bucket: so many a second, with a second's worth in hand. Halved on complaint, it comes back to its full rate within ten minutes.</summary>
internal sealed class Pace(int perSecond, TimeProvider time)
{
    private const int StepsBack = 20;
    private static readonly TimeSpan StepEvery = TimeSpan.FromSeconds(30);

    private double _tokens = perSecond;
    private long _since = time.GetTimestamp();
    private double _slowed = perSecond;
    private long _slowedAt = time.GetTimestamp();

    /// <summary>Tokens a second, as of now.</summary>
    public double PerSecond =>
        _slowed >= perSecond ? perSecond : Math.Min(perSecond, _slowed + Math.Floor(time.GetElapsedTime(_slowedAt) / StepEvery) * perSecond / StepsBack);

    /// <summary>How long until there is a token; zero or less if there is one. Looking takes none.</summary>
    public TimeSpan Wait
    {
        get
        {
            var now = time.GetTimestamp();
            var rate = PerSecond;
            _tokens = Math.Min(rate, _tokens + time.GetElapsedTime(_since, now).TotalSeconds * rate);
            _since = now;
            return _tokens >= 1 ? TimeSpan.Zero : TimeSpan.FromSeconds((1 - _tokens) / rate);
        }
    }

    /// <summary>Takes a token, for something that is really sent.</summary>
    public void Take() => _tokens--;

    /// <summary>Half the rate, but never less than one a second.</summary>
    public void Halve() => (_slowed, _slowedAt) = (Math.Max(1, PerSecond / 2), time.GetTimestamp());
}
