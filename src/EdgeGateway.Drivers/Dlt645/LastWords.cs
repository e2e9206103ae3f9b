namespace EdgeGateway.Drivers.Dlt645;

/// <summary>The last text of one point: as long as the meter sends the same bytes, the same string is handed out again.</summary>
internal sealed class LastWords(ItemFormat format)
{
    private readonly byte[] _bytes = new byte[format.Bytes];
    private Sample? _sample;

    /// <summary>The text in <paramref name="bytes"/>.</summary>
    public Sample Read(ReadOnlySpan<byte> bytes)
    {
        if (_sample is { } same && bytes.SequenceEqual(_bytes)) return same;
        bytes.CopyTo(_bytes);
        var sample = format.Words(bytes);
        _sample = sample;
        return sample;
    }
}
