namespace EdgeGateway.Evidence;

/// <summary>The part of a stream that a seal covers: its payloads <c>Low … High</c>, and the root of the tree over their chain hashes.</summary>
internal sealed record SealedSpan(string Stream, long Low, long High, ChainHash Root);
