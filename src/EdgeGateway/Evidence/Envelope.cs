using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace EdgeGateway.Evidence;

/// <summary>The line of docs/wire.md §1: a detached JWS with unencoded payload (RFC 7515, RFC 7797).</summary>
internal static class Envelope
{
    /// <summary>The most bytes of a line.</summary>
    public const int MaxLineBytes = 65_536;

    /// <summary>Characters of a base64url ES256 or SM2 signature.</summary>
    public const int SignatureTextLength = 86;

    private static ReadOnlySpan<byte> Prefix => "EGB1|"u8;

    /// <summary>The base64url protected header for one signer and one kind of statement; made once and kept.</summary>
    public static byte[] ProtectedHeader(ISigner signer, string typ) => ProtectedHeader(signer.Algorithm, signer.KeyId, signer.UserId, typ);

    /// <summary>The base64url protected header for one key and one kind of statement.</summary>
    /// <param name="algorithm"><c>alg</c>.</param>
    /// <param name="keyId"><c>kid</c>.</param>
    /// <param name="userId"><c>zid</c>, of SM2SM3 and of nothing else.</param>
    /// <param name="typ"><c>typ</c>.</param>
    public static byte[] ProtectedHeader(string algorithm, string keyId, string? userId, string typ)
    {
        var zid = userId is null ? "" : $",\"zid\":\"{userId}\"";
        return Base64Url.EncodeToUtf8(Encoding.UTF8.GetBytes(
            $$"""{"alg":"{{algorithm}}","b64":false,"crit":["b64"],"kid":"{{keyId}}","typ":"{{typ}}"{{zid}}}"""));
    }

    /// <summary>Bytes of a line around a payload.</summary>
    public static int Overhead(byte[] protectedHeader) => Prefix.Length + protectedHeader.Length + 2 + SignatureTextLength + 1;

    /// <summary>Signs a payload and puts the line around it.</summary>
    /// <exception cref="KeyUnavailableException">The key cannot be reached just now.</exception>
    public static byte[] Seal(ISigner signer, byte[] protectedHeader, ReadOnlySpan<byte> payload)
    {
        if (Overhead(protectedHeader) + payload.Length > MaxLineBytes)
            throw new ArgumentException($"a line of {Overhead(protectedHeader) + payload.Length} bytes, at most {MaxLineBytes}", nameof(payload));
        Span<byte> signature = stackalloc byte[SignatureAlgorithm.SignatureSize];
        signer.Sign(protectedHeader, payload, signature);
        return Signed(protectedHeader, signature, default, default, payload);
    }

    /// <summary>
    /// The line around a payload whose signatures are still to come: as it will be, with nothing where they will stand. No verifier takes it
    /// for signed; it never leaves the gateway.
    /// </summary>
    public static byte[] Unsigned(ReadOnlySpan<byte> protectedHeader, ReadOnlySpan<byte> secondHeader, ReadOnlySpan<byte> payload)
    {
        var second = secondHeader.IsEmpty ? 0 : 1 + secondHeader.Length + 2;
        var line = new byte[Prefix.Length + protectedHeader.Length + 2 + second + 1 + payload.Length];
        var rest = line.AsSpan();
        Put(ref rest, Prefix);
        Put(ref rest, protectedHeader);
        Put(ref rest, ".."u8);
        if (second > 0)
        {
            Put(ref rest, "~"u8);
            Put(ref rest, secondHeader);
            Put(ref rest, ".."u8);
        }
        Put(ref rest, "|"u8);
        Put(ref rest, payload);
        return line;
    }

    /// <summary>The line of a payload with its signatures, 64 bytes each; a second one only if there is a second header.</summary>
    public static byte[] Signed(ReadOnlySpan<byte> protectedHeader, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> secondHeader, ReadOnlySpan<byte> secondSignature, ReadOnlySpan<byte> payload)
    {
        var second = secondHeader.IsEmpty ? 0 : 1 + secondHeader.Length + 2 + SignatureTextLength;
        var line = new byte[Prefix.Length + protectedHeader.Length + 2 + SignatureTextLength + second + 1 + payload.Length];
        if (line.Length > MaxLineBytes)
            throw new ArgumentException($"a line of {line.Length} bytes, at most {MaxLineBytes}", nameof(payload));
        var rest = line.AsSpan();
        Put(ref rest, Prefix);
        PutSigned(ref rest, protectedHeader, signature);
        if (second > 0)
        {
            Put(ref rest, "~"u8);
            PutSigned(ref rest, secondHeader, secondSignature);
        }
        Put(ref rest, "|"u8);
        Put(ref rest, payload);
        return line;
    }

    /// <summary>False for a line of <see cref="Unsigned"/>: a signature never ends in a dot.</summary>
    public static bool IsSigned(ReadOnlySpan<byte> line)
    {
        var bar = line.StartsWith(Prefix) ? line[Prefix.Length..].IndexOf((byte)'|') : -1;
        return bar > 0 && line[Prefix.Length + bar - 1] != (byte)'.';
    }

    /// <summary>The payload bytes of a line; empty if it is not a line.</summary>
    public static ReadOnlySpan<byte> PayloadOf(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith(Prefix)) return default;
        var bar = line[Prefix.Length..].IndexOf((byte)'|');
        return bar < 0 ? default : line[(Prefix.Length + bar + 1)..];
    }

    /// <summary>Takes a line apart; false if it is not one (docs/wire.md §1). Judges no signature.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> line, out EnvelopeParts parts)
    {
        parts = default;
        // Not every line comes from a file: a message may have a line end inside, and then it is none.
        if (line.Length > MaxLineBytes || !line.Span.StartsWith(Prefix) || line.Span.Contains((byte)'\n')) return false;
        var rest = line[Prefix.Length..];
        var bar = rest.Span.IndexOf((byte)'|');
        if (bar < 0) return false;
        var signatures = new List<EnvelopeSignature>(2);
        var block = rest[..bar];
        while (true)
        {
            var tilde = block.Span.IndexOf((byte)'~');
            if (!TryParseSignature(tilde < 0 ? block : block[..tilde], out var signature)) return false;
            signatures.Add(signature);
            if (tilde < 0) break;
            if (signatures.Count == 2) return false;
            block = block[(tilde + 1)..];
        }
        parts = new EnvelopeParts(signatures, rest[(bar + 1)..]);
        return true;
    }

    private static bool TryParseSignature(ReadOnlyMemory<byte> text, out EnvelopeSignature signature)
    {
        signature = default;
        var dots = text.Span.IndexOf(".."u8);
        if (dots <= 0) return false;
        var signed = text[..dots];
        // Of any length: whether a trusted key's signature is one of 64 bytes is for whoever verifies it.
        if (!StrictBase64Url.TryDecode(signed.Span, out var header) || !StrictBase64Url.TryDecode(text.Span[(dots + 2)..], out var bytes)
            || !TryParseHeader(header, out var algorithm, out var keyId, out var typ, out var userId)) return false;
        signature = new EnvelopeSignature(signed, bytes, algorithm, keyId, typ) { UserId = userId };
        return true;
    }

    private static bool TryParseHeader(byte[] json, out string algorithm, out string keyId, out string typ, out string userId)
    {
        algorithm = keyId = typ = userId = "";
        var seen = 0;
        try
        {
            var reader = new Utf8JsonReader(json);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var bit = HeaderMember(ref reader, ref algorithm, ref keyId, ref typ, ref userId);
                if (bit == 0 || (seen & bit) != 0) return false;
                seen |= bit;
            }
            // A user id belongs to SM2 and to nothing else.
            return seen == (algorithm == SignatureAlgorithm.Sm2Sm3 ? 0b111111 : 0b11111) && reader.TokenType == JsonTokenType.EndObject && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
        catch (InvalidOperationException)
        {
            return false; // a string with a lone surrogate
        }
    }

    private static int HeaderMember(ref Utf8JsonReader reader, ref string algorithm, ref string keyId, ref string typ, ref string userId)
    {
        var name = reader.GetString();
        reader.Read();
        switch (name)
        {
            case "alg" when reader.TokenType == JsonTokenType.String:
                algorithm = reader.GetString()!;
                return 1;
            case "b64" when reader.TokenType == JsonTokenType.False:
                return 2;
            case "crit" when reader.TokenType == JsonTokenType.StartArray:
                return reader.Read() && reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("b64"u8)
                    && reader.Read() && reader.TokenType == JsonTokenType.EndArray ? 4 : 0;
            case "kid" when reader.TokenType == JsonTokenType.String:
                keyId = reader.GetString()!;
                return 8;
            case "typ" when reader.TokenType == JsonTokenType.String:
                typ = reader.GetString()!;
                return 16;
            case "zid" when reader.TokenType == JsonTokenType.String:
                userId = reader.GetString()!;
                return SignatureAlgorithm.IsUserId(userId) ? 32 : 0;
            default:
                return 0;
        }
    }

    private static void PutSigned(ref Span<byte> rest, ReadOnlySpan<byte> protectedHeader, ReadOnlySpan<byte> signature)
    {
        Put(ref rest, protectedHeader);
        Put(ref rest, ".."u8);
        Base64Url.EncodeToUtf8(signature, rest, out _, out var written);
        rest = rest[written..];
    }

    private static void Put(ref Span<byte> rest, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(rest);
        rest = rest[bytes.Length..];
    }
}
