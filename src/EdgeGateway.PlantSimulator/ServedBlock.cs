namespace EdgeGateway.PlantSimulator;

/// <summary>A piece of a track: 16 bytes per number, so that a soak run can keep millions.</summary>
internal sealed class ServedBlock(bool hasText)
{
    private const byte NoValue = 0x80;

    private readonly long[] _stamps = new long[ServedTrack.BlockSize];
    private readonly long[] _bits = hasText ? [] : new long[ServedTrack.BlockSize];
    private readonly string[] _texts = hasText ? new string[ServedTrack.BlockSize] : [];

    public void Put(int slot, long utcMs, FaultKind fault, in ServedEntry entry)
    {
        // Fault and mark ride in the lowest byte: the 55 bits above it hold milliseconds for a million years.
        _stamps[slot] = utcMs << 8 | (entry.IsNone ? NoValue : 0L) | (byte)fault;
        if (hasText) _texts[slot] = entry.Text;
        else _bits[slot] = entry.Bits;
    }

    public long UtcMs(int slot) => _stamps[slot] >> 8;

    public FaultKind Fault(int slot) => (FaultKind)(_stamps[slot] & ~NoValue & 0xFF);

    public bool IsNone(int slot) => (_stamps[slot] & NoValue) != 0;

    public long Bits(int slot) => _bits[slot];

    public string Text(int slot) => _texts[slot];
}
