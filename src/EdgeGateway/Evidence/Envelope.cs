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
    public static byte[] ProtectedHeader(ISigner signer, string typ) => Base64Url.EncodeToUtf8(Encoding.UTF8.GetBytes(
        $$"""{"alg":"{{signer.Algorithm}}","b64":false,"crit":["b64"],"kid":"{{signer.KeyId}}","typ":"{{typ}}"}"""));

    /// <summary>Bytes of a line around a payload.</summary>
    public static int Overhead(byte[] protectedHeader) => Prefix.Length + protectedHeader.Length + 2 + SignatureTextLength + 1;

    /// <summary>Signs a payload and puts the line around it.</summary>
    public static byte[] Seal(ISigner signer, byte[] protectedHeader, ReadOnlySpan<byte> payload)
    {
        var line = new byte[Overhead(protectedHeader) + payload.Length];
        if (line.Length > MaxLineBytes)
            throw new ArgumentException($"a line of {line.Length} bytes, at most {MaxLineBytes}", nameof(payload));
        Span<byte> signature = stackalloc byte[Es256Signer.SignatureSize];
        signer.Sign(protectedHeader, payload, signature);

        var rest = line.AsSpan();
        Put(ref rest, Prefix);
        Put(ref rest, protectedHeader);
        Put(ref rest, ".."u8);
        Base64Url.EncodeToUtf8(signature, rest, out _, out var written);
        rest = rest[written..];
        Put(ref rest, "|"u8);
        Put(ref rest, payload);
        return line;
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
            || !TryParseHeader(header, out var algorithm, out var keyId, out var typ)) return false;
        signature = new EnvelopeSignature(signed, bytes, algorithm, keyId, typ);
        return true;
    }

    private static bool TryParseHeader(byte[] json, out string algorithm, out string keyId, out string typ)
    {
        algorithm = keyId = typ = "";
        var seen = 0;
        try
        {
            var reader = new Utf8JsonReader(json);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var bit = HeaderMember(ref reader, ref algorithm, ref keyId, ref typ);
                if (bit == 0 || (seen & bit) != 0) return false;
                seen |= bit;
            }
            return seen == 0b11111 && reader.TokenType == JsonTokenType.EndObject && !reader.Read();
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

    private static int HeaderMember(ref Utf8JsonReader reader, ref string algorithm, ref string keyId, ref string typ)
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
            default:
                return 0;
        }
    }

    private static void Put(ref Span<byte> rest, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(rest);
        rest = rest[bytes.Length..];
    }
}
