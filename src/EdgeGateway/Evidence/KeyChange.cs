namespace EdgeGateway.Evidence;

/// <summary>A payload <c>key</c> that both keys it speaks of may have signed, waiting to be believed (docs/wire.md §8).</summary>
/// <param name="Facts">Of the payload; its body is a <see cref="KeyBody"/>.</param>
/// <param name="Parts">The line, whose bytes are kept.</param>
/// <param name="Body">What it says.</param>
/// <param name="NewKey"><c>kid</c> of the new key.</param>
internal sealed record KeyChange(PayloadFacts Facts, EnvelopeParts Parts, KeyBody Body, string NewKey)
{
    // The one encoding of each kind: named curve, the point uncompressed. Another spelling of the same key would have another key id.
    private const int InfoBytes = 91;

    private static ReadOnlySpan<byte> InfoOfP256 => [0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04];

    private static ReadOnlySpan<byte> InfoOfSm2 => [0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x81, 0x1C, 0xCF, 0x55, 0x01, 0x82, 0x2D, 0x03, 0x42, 0x00, 0x04];

    /// <summary>A change of keys, signed by the new one; null for any other line. Whether the old one has signed is not judged here.</summary>
    public static KeyChange? Of(PayloadFacts facts, in EnvelopeParts parts)
    {
        if (facts.Body is not KeyBody body || facts.Stream.Stream != Streams.Events || parts.Signatures.Count != 2) return null;
        ReadOnlySpan<byte> info = body.PublicKeyInfo;
        if (info.Length != InfoBytes || !(info.StartsWith(InfoOfP256) || info.StartsWith(InfoOfSm2))) return null;
        using var key = TrustedKey.From(body.PublicKeyInfo);
        if (key is null || key.KeyId == body.Was) return null;
        var (isByOld, isByNew) = (false, false);
        foreach (var signature in parts.Signatures)
        {
            isByOld |= signature.KeyId == body.Was;
            isByNew |= signature.KeyId == key.KeyId && signature.Algorithm == key.Algorithm && key.Verifies(signature, parts.Payload.Span);
        }
        return isByOld && isByNew ? new KeyChange(facts, parts, body, key.KeyId) : null;
    }
}
