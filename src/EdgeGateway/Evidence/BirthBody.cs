namespace EdgeGateway.Evidence;

/// <summary>How far each stream had come when a connection began.</summary>
internal sealed record BirthBody((string Stream, long Sequence, ChainHash Hash)[] Streams) : IPayloadBody;
