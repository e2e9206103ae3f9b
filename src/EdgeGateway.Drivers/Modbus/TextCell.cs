namespace EdgeGateway.Drivers.Modbus;

/// <summary>The last text of one point: as long as the device sends the same bytes, the same string is handed out again.</summary>
internal sealed class TextCell(int length, WordOrder order)
{
    private readonly byte[] _bytes = new byte[length];
    private readonly byte[] _fresh = new byte[length];
    private Sample? _sample;

    /// <summary>The text in <paramref name="registers"/>.</summary>
    public Sample Read(ReadOnlySpan<byte> registers)
    {
        RegisterCodec.LayText(order, registers, _fresh);
        if (_sample is { } same && _fresh.AsSpan().SequenceEqual(_bytes)) return same;
        _fresh.CopyTo(_bytes, 0);
        var sample = RegisterCodec.Text(_bytes);
        _sample = sample;
        return sample;
    }
}
