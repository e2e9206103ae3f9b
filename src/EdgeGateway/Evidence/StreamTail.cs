namespace EdgeGateway.Evidence;

/// <summary>The newest payload of a stream: 0 and <see cref="ChainHash.Zero"/> before the first.</summary>
internal readonly record struct StreamTail(long Sequence, ChainHash Hash);
