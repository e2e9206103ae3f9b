using EdgeGateway.Evidence;

namespace EdgeGateway.Outbox;

/// <summary>A range of a stream that leaves the store undelivered, to be named in a signed gap record.</summary>
/// <param name="Hash">Chain hash of the segment at <paramref name="High"/>.</param>
internal sealed record Eviction(string Stream, long Low, long High, ChainHash Hash);
