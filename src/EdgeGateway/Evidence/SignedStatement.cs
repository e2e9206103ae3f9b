namespace EdgeGateway.Evidence;

/// <summary>Signed statements other than gateway data (docs/wire.md §1): a line of one kind is never taken for one of another.</summary>
internal static class SignedStatement
{
    /// <summary>Signs a payload as a line of kind <paramref name="typ"/>.</summary>
    public static byte[] Seal(ISigner signer, string typ, ReadOnlySpan<byte> payload) =>
        Envelope.Seal(signer, Envelope.ProtectedHeader(signer, typ), payload);

    /// <summary>The payload of a line of kind <paramref name="typ"/> whose trusted signatures all hold; null with the reason for any other.</summary>
    public static ReadOnlyMemory<byte>? Open(ReadOnlyMemory<byte> line, string typ, TrustedKeys keys, out string why)
    {
        why = "";
        if (!Envelope.TryParse(line, out var parts)) return Refuse("not a line of this contract", out why);
        foreach (var signature in parts.Signatures)
            if (signature.Typ != typ) return Refuse("a statement of another kind", out why);
        var trusted = 0;
        foreach (var signature in parts.Signatures)
        {
            if (keys.For(signature) is not { } key) continue;
            trusted++;
            if (!key.Verifies(signature, parts.Payload.Span)) return Refuse("the signature does not belong to these bytes", out why);
        }
        return trusted > 0 ? parts.Payload : Refuse("not signed by a trusted key", out why);
    }

    private static ReadOnlyMemory<byte>? Refuse(string reason, out string why)
    {
        why = reason;
        return null;
    }
}
