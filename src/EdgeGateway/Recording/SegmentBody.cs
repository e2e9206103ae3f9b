using EdgeGateway.Config;
using EdgeGateway.Drivers;
using EdgeGateway.Evidence;

namespace EdgeGateway.Recording;

/// <summary>
/// The body of one <c>data</c> payload in the making (docs/wire.md §4.1): groups are named on first use, rows are appended as long as they fit.
/// Reused from payload to payload; allocates nothing once its buffers have grown.
/// </summary>
internal sealed class SegmentBody(int maxBytes)
{
    /// <summary>A row longer than this is cut in two, so that any row fits an empty payload beside its group's names.</summary>
    private const int MaxRowBytes = 16 * 1024;

    private readonly Utf8Buffer _groups = new(maxBytes);
    private readonly Utf8Buffer _rows = new(maxBytes);
    private readonly Utf8Buffer _row = new(MaxRowBytes * 2);
    private readonly Utf8Buffer _body = new(maxBytes);
    private readonly Dictionary<SignalGroup, int> _indices = [];
    private readonly Dictionary<SignalGroup, byte[]> _names = [];

    /// <summary>What the rows' times are counted from: set before the first row, no later than any of them.</summary>
    public long T0 { get; set; }

    public long T1 { get; private set; }

    public int Readings { get; private set; }

    public bool IsEmpty => Readings == 0;

    /// <summary>Appends <c>[first, first + count)</c> of the block; false if it does not fit any more. An empty body takes any row of at most <see cref="MaxRowBytes"/>.</summary>
    public RowFit TryAdd(ReadingBlock block, int first, int count)
    {
        var isNew = !_indices.TryGetValue(block.Group, out var index);
        var names = isNew ? NamesOf(block.Group) : [];
        if (isNew) index = _indices.Count;
        WriteRow(block, first, count, index);
        if (_row.Length > MaxRowBytes && count > 1) return RowFit.TooLong;
        if (_groups.Length + _rows.Length + _row.Length + names.Length + 32 > maxBytes)
        {
            if (!IsEmpty) return RowFit.Full;
            if (count > 1) return RowFit.TooLong;
        }

        if (isNew)
        {
            if (index > 0) _groups.Raw(","u8);
            _groups.Raw(names);
            _indices.Add(block.Group, index);
        }
        if (!IsEmpty) _rows.Raw(","u8);
        _rows.Raw(_row.Written);
        T1 = IsEmpty ? block.UtcMs : Math.Max(T1, block.UtcMs);
        Readings += count;
        return RowFit.Added;
    }

    /// <summary>The whole body, valid until the next <see cref="Clear"/>.</summary>
    public ReadOnlySpan<byte> Close()
    {
        _body.Clear();
        _body.Raw(",\"g\":["u8).Raw(_groups.Written).Raw("],\"r\":["u8).Raw(_rows.Written).Raw("]"u8);
        return _body.Written;
    }

    public void Clear()
    {
        _groups.Clear();
        _rows.Clear();
        _indices.Clear();
        Readings = 0;
        T1 = 0;
    }

    private void WriteRow(ReadingBlock block, int first, int count, int index)
    {
        _row.Clear();
        _row.Raw("["u8).Number(index).Raw(","u8).Number(block.First + first).Raw(","u8).Number(block.Slot).Raw(","u8)
            .Number(block.UtcMs - T0).Raw(",["u8);
        var readings = block.Readings.Slice(first, count);
        var quality = readings[0].Quality;
        var isUniform = true;
        for (var i = 0; i < count; i++)
        {
            if (i > 0) _row.Raw(","u8);
            ValueText.Write(_row, readings[i].Value);
            isUniform &= readings[i].Quality == quality;
        }
        _row.Raw("]"u8);
        if (!isUniform)
        {
            _row.Raw(",["u8);
            for (var i = 0; i < count; i++)
            {
                if (i > 0) _row.Raw(","u8);
                _row.Number((int)readings[i].Quality);
            }
            _row.Raw("]"u8);
        }
        else if (quality != Quality.Good)
        {
            _row.Raw(","u8).Number((int)quality);
        }
        _row.Raw("]"u8);
    }

    private byte[] NamesOf(SignalGroup group)
    {
        if (_names.TryGetValue(group, out var known)) return known;
        var text = new Utf8Buffer(4096);
        text.Raw("{\"id\":"u8).Quoted(group.Id).Raw(",\"pm\":"u8).Number((long)group.Poll.Period.TotalMilliseconds)
            .Raw(",\"n\":"u8).Number(group.Signals.Length).Raw(",\"o\":0,\"s\":["u8);
        for (var i = 0; i < group.Signals.Length; i++)
        {
            var signal = group.Signals[i];
            if (i > 0) text.Raw(","u8);
            text.Raw("["u8).Quoted(signal.Id.Text).Raw(","u8).Quoted(signal.Unit).Raw(","u8).Quoted(signal.FactorCode ?? "").Raw("]"u8);
        }
        text.Raw("]}"u8);
        return _names[group] = text.Written.ToArray();
    }
}
