namespace EdgeGateway.Drivers.Modbus;

/// <summary>The last text of one point: as long as the device sends the same bytes, the same string is handed out again.</summary>
internal sealed class TextCell(RegisterType type, int length, WordOrder order)
{
    private byte[] _bytes = [];
    private Sample? _sample;

    /// <summary>The text in <paramref name="registers"/>.</summary>
    public Sample Read(ReadOnlySpan<byte> registers)
    {
        if (_sample is { } same && registers.SequenceEqual(_bytes)) return same;
        if (_bytes.Length != registers.Length) _bytes = new byte[registers.Length];
        registers.CopyTo(_bytes);
        var sample = RegisterText.Read(type, order, length, registers);
        _sample = sample;
        return sample;
    }
}
