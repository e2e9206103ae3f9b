namespace EdgeGateway.PlantSimulator;

/// <summary>One table of a device: its registers (or bits, one per element), and which of them may be read. Owned by its device.</summary>
internal sealed class AreaImage
{
    private readonly int _first;
    private readonly ushort[] _values;
    private readonly bool[] _isReadable;

    private AreaImage(int first, int end)
    {
        _first = first;
        _values = new ushort[end - first];
        _isReadable = new bool[end - first];
    }

    /// <summary>An image that reaches over all of <paramref name="readable"/> and nothing outside of it.</summary>
    public static AreaImage Of(IReadOnlyCollection<AddressRange> readable)
    {
        var image = readable.Count == 0 ? new AreaImage(0, 0) : new AreaImage(readable.Min(range => range.First), readable.Max(range => range.End));
        foreach (var range in readable) Array.Fill(image._isReadable, true, range.First - image._first, range.Count);
        return image;
    }

    /// <summary>True if each of the addresses may be read.</summary>
    public bool IsReadable(int address, int count)
    {
        var from = address - _first;
        return from >= 0 && from + count <= _isReadable.Length && !_isReadable.AsSpan(from, count).Contains(false);
    }

    /// <summary>The elements from <paramref name="address"/> on; they must be readable.</summary>
    public Span<ushort> At(int address, int count) => _values.AsSpan(address - _first, count);
}
