namespace EdgeGateway.Evidence;

/// <summary>
/// Judges one line in the order of docs/wire.md §6: its form and headers, <c>typ</c>, <c>key</c>, <c>signature</c>, and only then its payload. Not
/// thread-safe.
/// </summary>
/// <param name="keys">Who is trusted.</param>
/// <param name="parser">Reads payloads.</param>
/// <param name="learns">Whether changes of keys are believed as they come by; a verifier has looked for them before.</param>
internal sealed class LineCheck(TrustedKeys keys, PayloadParser parser, bool learns = false)
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
            if (!key.Verifies(signature, parts.Payload.Span))
                return Refuse(FaultCode.Signature, parts.Payload.Span.EndsWith("\r"u8) ? CarriageReturn : "the signature does not belong to these bytes", out fault);
        }
        if (trusted == 0) return Refuse(FaultCode.Key, "not signed by a trusted key", out fault);

        var facts = parser.TryParse(parts.Payload, out var wrong);
        if (facts is null) return Refuse(FaultCode.Format, wrong, out fault);
        if (learns && KeyChange.Of(facts, parts) is { } change) keys.TryTake(change);
        if (facts.IsSequenced && !IsSignedHere(parts, facts))
            return Refuse(FaultCode.Key, $"signed by a key that has no word here ({facts.Stream.Stream} {facts.Sequence}): not introduced before, replaced or revoked", out fault);
        payload = parts.Payload;
        return facts;
    }

    private bool IsSignedHere(in EnvelopeParts parts, PayloadFacts facts)
    {
        foreach (var signature in parts.Signatures)
            if (keys.For(signature) is not null && keys.MaySign(signature.KeyId, facts.Stream, facts.Sequence)) return true;
        return false;
    }

    private static PayloadFacts? Refuse(string code, string text, out LineFault fault)
    {
        fault = new LineFault(code, text);
        return null;
    }
}
