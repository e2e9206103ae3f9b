using ZstdSharp;

namespace EdgeGateway.Outbox;

/// <summary>zstd around stored lines. Not thread-safe: the outbox calls it under its lock.</summary>
internal sealed class LineCompression : IDisposable
{
    private readonly Compressor _compressor = new(3);
    private readonly Decompressor _decompressor = new();

    public byte[] Pack(ReadOnlySpan<byte> line) => _compressor.Wrap(line).ToArray();

    /// <summary>The line again, byte for byte; null if the bytes are not what <see cref="Pack"/> made.</summary>
    public byte[]? Unpack(ReadOnlySpan<byte> packed)
    {
        try
        {
            return _decompressor.Unwrap(packed, Evidence.Envelope.MaxLineBytes).ToArray();
        }
        catch (ZstdException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        _compressor.Dispose();
        _decompressor.Dispose();
    }
}
