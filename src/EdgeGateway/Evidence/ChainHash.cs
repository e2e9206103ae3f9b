using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace EdgeGateway.Evidence;

/// <summary>SHA-256("EGB1\0" ‖ payload): what the next payload of a stream names as its predecessor (docs/wire.md §3).</summary>
internal readonly record struct ChainHash(ulong A, ulong B, ulong C, ulong D)
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 32;

    /// <summary>Length as base64url.</summary>
    public const int TextLength = 43;

    /// <summary>What sequence 1 names as its predecessor.</summary>
    public static ChainHash Zero => default;

    /// <summary>The hash of exactly these payload bytes.</summary>
    public static ChainHash Of(ReadOnlySpan<byte> payload)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("EGB1\0"u8);
        hash.AppendData(payload);
        Span<byte> bytes = stackalloc byte[Size];
        hash.GetHashAndReset(bytes);
        return FromBytes(bytes);
    }

    public static ChainHash FromBytes(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]),
        BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]), BinaryPrimitives.ReadUInt64BigEndian(bytes[24..Size]));

    /// <summary>Reads the 43 characters of <see cref="ToString"/>; false if they are anything else.</summary>
    public static bool TryParse(ReadOnlySpan<byte> base64Url, out ChainHash hash)
    {
        hash = default;
        Span<byte> bytes = stackalloc byte[Size];
        if (!StrictBase64Url.TryDecode(base64Url, bytes)) return false;
        hash = FromBytes(bytes);
        return true;
    }

    public byte[] ToBytes()
    {
        var bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    public void CopyTo(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, A);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], B);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[16..], C);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[24..], D);
    }

    /// <summary>base64url without padding.</summary>
    public override string ToString() => Encoding.ASCII.GetString(Base64Url.EncodeToUtf8(ToBytes()));
}
