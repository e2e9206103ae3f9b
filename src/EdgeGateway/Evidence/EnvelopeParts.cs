namespace EdgeGateway.Evidence;

/// <summary>A line taken apart: one or two signatures and the payload bytes as they were sealed.</summary>
internal readonly record struct EnvelopeParts(IReadOnlyList<EnvelopeSignature> Signatures, ReadOnlyMemory<byte> Payload);

/// <summary>One signature of a line.</summary>
/// <param name="Protected">The base64url protected header: the first part of the signed bytes.</param>
/// <param name="Signature">64 bytes r‖s, if it is a signature of ours at all.</param>
/// <param name="Algorithm">JOSE <c>alg</c>.</param>
/// <param name="KeyId">JOSE <c>kid</c>.</param>
/// <param name="Typ">JOSE <c>typ</c>.</param>
internal readonly record struct EnvelopeSignature(ReadOnlyMemory<byte> Protected, byte[] Signature, string Algorithm, string KeyId, string Typ)
{
    /// <summary><c>zid</c>, the user id of SM2; empty for other algorithms.</summary>
    public string UserId { get; init; } = "";
}
