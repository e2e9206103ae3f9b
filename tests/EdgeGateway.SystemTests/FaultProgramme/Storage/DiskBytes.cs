namespace EdgeGateway.SystemTests.FaultProgramme.Storage;

/// <summary>The bytes of a file; what was never written between others is zero. Not thread-safe.</summary>
internal sealed class DiskBytes
{
    private byte[] _bytes = [];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public DiskBytes Copy() => new() { _bytes = Written.ToArray(), Length = Length };

    public int Read(Span<byte> into, long position)
    {
        if (position >= Length) return 0;
        var count = Math.Min(into.Length, Length - (int)position);
        _bytes.AsSpan((int)position, count).CopyTo(into);
        return count;
    }

    public void Write(ReadOnlySpan<byte> bytes, long position)
    {
        var end = checked((int)(position + bytes.Length));
        if (end > Length) SetLength(end);
        bytes.CopyTo(_bytes.AsSpan((int)position));
    }

    public void SetLength(long length)
    {
        var wanted = checked((int)length);
        if (wanted > _bytes.Length) Array.Resize(ref _bytes, Math.Max(wanted, _bytes.Length * 2));
        if (wanted < Length) _bytes.AsSpan(wanted, Length - wanted).Clear();
        Length = wanted;
    }

    public void Flip(long bit) => _bytes[bit / 8] ^= (byte)(1 << (int)(bit % 8));
}
