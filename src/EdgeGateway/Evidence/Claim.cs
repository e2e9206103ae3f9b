namespace EdgeGateway.Evidence;

/// <summary>What a head or a birth says about the newest payload of a stream.</summary>
internal readonly record struct Claim(long Sequence, ChainHash Hash);
