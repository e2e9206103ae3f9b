namespace EdgeGateway.Evidence;

/// <summary>
/// A gap of cause <c>evicted</c> or <c>damaged</c>: payloads <c>Low … High</c> were dropped; <c>HashOfHigh</c> is the chain hash of the last.
/// </summary>
internal sealed record LossGap(long Low, long High, ChainHash HashOfHigh) : IPayloadBody;
