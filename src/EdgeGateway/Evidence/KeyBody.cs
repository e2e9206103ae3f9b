namespace EdgeGateway.Evidence;

/// <summary>An event <c>key</c>: the gateway signs with another key from here on (docs/wire.md §8).</summary>
/// <param name="Was"><c>kid</c> of the key that is replaced.</param>
/// <param name="PublicKeyInfo">SubjectPublicKeyInfo (DER) of the new key, as the event names it; perhaps of a kind nobody knows.</param>
/// <param name="At">The newest sequence numbers of the other streams when the key was replaced.</param>
internal sealed record KeyBody(string Was, byte[] PublicKeyInfo, (string Stream, long Sequence)[] At) : IPayloadBody;
