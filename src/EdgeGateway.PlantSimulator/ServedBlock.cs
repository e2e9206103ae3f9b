namespace EdgeGateway.PlantSimulator;

/// <summary>A piece of a track: 16 bytes per number, so that a soak run can keep millions.</summary>
internal sealed class ServedBlock(bool hasText)
{
    private readonly long[] _stamps = new long[ServedTrack.BlockSize];
    private readonly long[] _bits = hasText ? [] : new long[ServedTrack.BlockSize];
    private readonly string[] _texts = hasText ? new string[ServedTrack.BlockSize] : [];

    public void Put(int slot, long utcMs, FaultKind fault, long bits, string text)
    {
        // The fault rides in the lowest byte: the 55 bits above it hold milliseconds for a million years.
        _stamps[slot] = utcMs << 8 | (byte)fault;
        if (hasText) _texts[slot] = text;
        else _bits[slot] = bits;
    }

    public long UtcMs(int slot) => _stamps[slot] >> 8;

    public FaultKind Fault(int slot) => (FaultKind)(byte)_stamps[slot];

    public long Bits(int slot) => _bits[slot];

    public string Text(int slot) => _texts[slot];
}
