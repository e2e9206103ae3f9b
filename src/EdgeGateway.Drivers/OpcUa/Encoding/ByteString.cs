namespace EdgeGateway.Drivers.OpcUa.Encoding;

/// <summary>Bytes without a meaning of their own, or null; compared by content.</summary>
internal readonly struct ByteString(byte[]? bytes) : IEquatable<ByteString>
{
    /// <summary>Null is not the same as empty on the wire.</summary>
    public bool IsNull => bytes is null;

    /// <summary>The bytes; empty for null.</summary>
    public ReadOnlySpan<byte> Span => bytes;

    /// <summary>The bytes; empty for null.</summary>
    public ReadOnlyMemory<byte> Memory => bytes;

    public int Length => bytes?.Length ?? 0;

    public static implicit operator ByteString(byte[]? bytes) => new(bytes);

    public bool Equals(ByteString other) => IsNull == other.IsNull && Span.SequenceEqual(other.Span);

    public override bool Equals(object? obj) => obj is ByteString other && Equals(other);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(Span);
        return hash.ToHashCode();
    }

    public override string ToString() => bytes is null ? "null" : Convert.ToHexString(bytes.AsSpan(0, Math.Min(bytes.Length, 64)));
}
