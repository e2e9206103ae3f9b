using ZstdSharp;

namespace EdgeGateway.Uplink;

/// <summary>The optional coding <c>zstd</c> around a line (docs/wire.md §5). Used by one connection's loop; a call after the end of the connection packs nothing.</summary>
internal sealed class OuterCompression : IDisposable
{
    private const int Level = 3;

    private readonly Lock _gate = new();
    private readonly Compressor _compressor = new(Level);
    private bool _isOver;

    /// <summary>The compressed line; null if that would not be shorter.</summary>
    public byte[]? Pack(byte[] line)
    {
        lock (_gate)
        {
            if (_isOver) return null;
            var packed = _compressor.Wrap(line);
            return packed.Length < line.Length ? packed.ToArray() : null;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_isOver) return;
            _isOver = true;
            _compressor.Dispose();
        }
    }
}
