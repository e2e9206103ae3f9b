using EdgeGateway.Evidence;

namespace EdgeGateway.Outbox;

/// <summary>What reaches the disk together, or not at all.</summary>
/// <param name="Segments">In the order of their sequence numbers within each stream.</param>
internal sealed record OutboxCommit(IReadOnlyList<Segment> Segments)
{
    /// <summary>What leaves undelivered, or is damaged; the gap records that say so are among <see cref="Segments"/>.</summary>
    public IReadOnlyList<Eviction> Evictions { get; init; } = [];

    /// <summary>Which boot is writing; null if that has not changed.</summary>
    public BootMark? Boot { get; init; }

    /// <summary>A stream that has all its signatures up to a number; null if that has not changed.</summary>
    public (string Stream, long UpTo)? SignedUpTo { get; init; }

    /// <summary>The counter of a platform's command that is about to be executed; null for none. It never falls.</summary>
    public long? Command { get; init; }
}
