namespace EdgeGateway.Evidence;

/// <summary>
/// Judges one line in the order of docs/wire.md §6: its form and headers, <c>typ</c>, <c>key</c>, <c>signature</c>, and only then its payload. Not
/// thread-safe.
/// </summary>
internal sealed class LineCheck(TrustedKeys keys, PayloadParser parser)
{
    // What a copy in text mode does to a whole file, and nothing an attacker would choose.
    private const string CarriageReturn =
        "the signature does not belong to these bytes, which end in a carriage return: was the file copied or saved as Windows text? Copy it again, byte for byte";

    /// <summary>The facts of a line that holds; null with the first fault of one that does not.</summary>
    public PayloadFacts? Judge(ReadOnlyMemory<byte> line, out ReadOnlyMemory<byte> payload, out LineFault fault)
    {
        payload = default;
        fault = default;
        if (line.Length > Envelope.MaxLineBytes)
            return Refuse(FaultCode.Format, "a line longer than 65,536 bytes", out fault);
        if (!Envelope.TryParse(line, out var parts))
            return Refuse(FaultCode.Format, "not a line of this contract, or a header that is malformed", out fault);
        foreach (var signature in parts.Signatures)
            if (signature.Typ != "egb1") return Refuse(FaultCode.Typ, "a signed statement of another kind than gateway data", out fault);

        var trusted = 0;
        foreach (var signature in parts.Signatures)
        {
            if (keys.For(signature) is not { } key) continue;
            trusted++;
            if (!SignedStatement.Verifies(key, signature, parts.Payload.Span))
                return Refuse(FaultCode.Signature, parts.Payload.Span.EndsWith("\r"u8) ? CarriageReturn : "the signature does not belong to these bytes", out fault);
        }
        if (trusted == 0) return Refuse(FaultCode.Key, "not signed by a trusted key", out fault);

        var facts = parser.TryParse(parts.Payload, out var wrong);
        if (facts is null) return Refuse(FaultCode.Format, wrong, out fault);
        payload = parts.Payload;
        return facts;
    }

    private static PayloadFacts? Refuse(string code, string text, out LineFault fault)
    {
        fault = new LineFault(code, text);
        return null;
    }
}
