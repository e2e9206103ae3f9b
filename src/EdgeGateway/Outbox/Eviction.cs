using EdgeGateway.Evidence;

namespace EdgeGateway.Outbox;

/// <summary>A range of a stream that leaves the store undelivered, to be named in a signed gap record.</summary>
/// <param name="Stream">Which stream.</param>
/// <param name="Low">Where the gap record begins: lower than what is lost here, where gap records are lost with it that named something.</param>
/// <param name="High">The last one that is lost.</param>
/// <param name="Hash">Chain hash of the segment at <paramref name="High"/>.</param>
internal sealed record Eviction(string Stream, long Low, long High, ChainHash Hash)
{
    /// <summary>The first one that is lost here; between <see cref="Low"/> and this there may be segments that wait for delivery.</summary>
    public long FirstLost { get; init; } = Low;
}
