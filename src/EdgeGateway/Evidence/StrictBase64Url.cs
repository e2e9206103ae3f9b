using System.Buffers;
using System.Buffers.Text;

namespace EdgeGateway.Evidence;

/// <summary>base64url without padding, and only the one encoding of its bytes: no white space, no stray bits in the last character.</summary>
internal static class StrictBase64Url
{
    /// <summary>Decodes into exactly <paramref name="bytes"/>; false for any other text or length.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> text, Span<byte> bytes)
    {
        if (text.Length != Base64Url.GetEncodedLength(bytes.Length)) return false;
        if (Base64Url.DecodeFromUtf8(text, bytes, out var consumed, out var written) != OperationStatus.Done
            || consumed != text.Length || written != bytes.Length) return false;
        // What encodes back to the same text was the canonical text.
        Span<byte> again = text.Length <= 128 ? stackalloc byte[text.Length] : new byte[text.Length];
        return Base64Url.EncodeToUtf8(bytes, again) == text.Length && again.SequenceEqual(text);
    }

    /// <summary>Decodes text of any length.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> text, out byte[] bytes)
    {
        bytes = [];
        if (text.Length % 4 == 1) return false;
        var decoded = new byte[(text.Length / 4 * 3) + Math.Max(0, (text.Length % 4) - 1)];
        if (!TryDecode(text, decoded.AsSpan())) return false;
        bytes = decoded;
        return true;
    }
}
