namespace EdgeGateway.Evidence;

/// <summary>A judgement of the wall clock, good until the next one: what payloads say of it at any later moment follows from it.</summary>
/// <param name="State">How far it may be believed.</param>
/// <param name="ErrorMs">Its estimated error when it was last synchronised, ms; null if nobody can say.</param>
/// <param name="SyncedAtMs">When it was last synchronised, in monotonic ms of this boot (below zero: before it); null if it was not.</param>
internal sealed record ClockTrust(ClockState State, long? ErrorMs, long? SyncedAtMs)
{
    /// <summary>What is said before the first judgement.</summary>
    public static readonly ClockTrust None = new(ClockState.Unknown, null, null);

    /// <summary>How far apart two clocks may drift: more than any quartz, parts per million.</summary>
    public const int DriftPpm = 500;

    /// <summary>Seconds since the last synchronisation; null if there was none.</summary>
    public long? AgeSecondsAt(long monotonicMs) => SyncedAtMs is { } at ? Math.Max(0, monotonicMs - at) / 1000 : null;

    /// <summary>The estimated error, which grows while the clock runs freely.</summary>
    public long? ErrorMsAt(long monotonicMs) =>
        State == ClockState.Relative && ErrorMs is { } error && SyncedAtMs is { } at ? error + Math.Max(0, monotonicMs - at) * DriftPpm / 1_000_000 : ErrorMs;
}
