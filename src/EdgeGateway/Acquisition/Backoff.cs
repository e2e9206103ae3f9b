namespace EdgeGateway.Acquisition;

/// <summary>How long to wait after the n-th failure in a row: doubling from the first delay to the cap, each shifted at random by up to a fifth.</summary>
internal sealed class Backoff(TimeSpan first, TimeSpan cap, Random random)
{
    private int _failures;

    public int Failures => _failures;

    /// <summary>Counts a failure and says how long to leave the patient alone.</summary>
    public TimeSpan Next()
    {
        var doubled = first * Math.Pow(2, Math.Min(_failures++, 30));
        var bounded = doubled < cap ? doubled : cap;
        return bounded * (0.8 + 0.4 * random.NextDouble());
    }

    public void Reset() => _failures = 0;
}
