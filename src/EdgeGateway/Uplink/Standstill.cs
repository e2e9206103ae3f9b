namespace EdgeGateway.Uplink;

/// <summary>A rest for the whole connection after a refusal that concerns all of it; each one is twice as long until something is acknowledged.</summary>
internal sealed class Standstill(TimeProvider time)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private long _since;
    private TimeSpan _length;
    private TimeSpan _next = First;

    /// <summary>How much longer; zero or less if it is over.</summary>
    public TimeSpan Rest => _length > TimeSpan.Zero ? _length - time.GetElapsedTime(_since) : TimeSpan.Zero;

    /// <summary>True from the first refusal until something is acknowledged: one publish at a time is enough to find out.</summary>
    public bool IsProbing => _next > First;

    /// <summary>Begins one; false if it has begun already: the others of the same window say the same.</summary>
    public bool Begin()
    {
        if (Rest > TimeSpan.Zero) return false;
        (_since, _length) = (time.GetTimestamp(), _next);
        _next = _next * 2 < Longest ? _next * 2 : Longest;
        return true;
    }

    public void Acknowledged() => _next = First;
}
