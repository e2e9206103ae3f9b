using System.Globalization;

namespace EdgeGateway.PlantSimulator;

/// <summary>
/// Everything served of one point, oldest first, in blocks that the ledger takes away when it is full. The number of an entry never
/// changes, whatever has left before it. Touched only under the ledger's lock.
/// </summary>
internal sealed class ServedTrack(string device, SimulatedPoint point)
{
    /// <summary>Entries per block.</summary>
    public const int BlockSize = 128;

    private readonly List<ServedBlock> _blocks = [];
    private readonly ulong[] _markers = [.. point.Invalid.Select(marker => RegisterEncoding.MarkerOf(point, marker))];

    /// <summary>What was served last may be delivered more than once, as long as its time is right.</summary>
    public bool IsHeld => point.IsHeld;

    /// <summary>Number of the oldest entry still there.</summary>
    public long First { get; private set; }

    /// <summary>Number after the newest entry.</summary>
    public long End { get; private set; }

    /// <summary>What the gateway must make of a raw value, on its way into the ledger. Any thread.</summary>
    /// <param name="bits">A number, the bits of a float, or a time.</param>
    /// <param name="text">A text, or raw registers.</param>
    /// <param name="content">All bits of the number's registers, for comparing with markers.</param>
    public ServedEntry Entry(long bits, string text, ulong content)
    {
        if (_markers.Contains(content) || (point.IsFloat && !double.IsFinite(RegisterEncoding.FloatOf(point.Type, bits)))) return new ServedEntry(this, 0, "", IsNone: true);
        if (point.States is not { } states) return new ServedEntry(this, bits, text);
        var state = point.IsText ? states.Of(text)
            : point.IsFloat ? states.Of(RegisterEncoding.FloatOf(point.Type, bits))
            : point.RawDecimals > 0 || point.IsTime ? states.OfOther()
            : states.Of(bits);
        return new ServedEntry(this, 0, state ?? "", IsNone: state is null);
    }

    /// <summary>Adds an entry; true if that took a new block.</summary>
    public bool Add(long utcMs, FaultKind fault, in ServedEntry entry)
    {
        var isFull = End - First == (long)_blocks.Count * BlockSize;
        if (isFull) _blocks.Add(new ServedBlock(HasText));
        _blocks[^1].Put((int)((End - First) % BlockSize), utcMs, fault, entry);
        End++;
        return isFull;
    }

    /// <summary>Forgets the oldest block and returns how many entries that were.</summary>
    public int DropBlock()
    {
        _blocks.RemoveAt(0);
        var before = First;
        First = Math.Min(First + BlockSize, End);
        return (int)(First - before);
    }

    /// <summary>When entry <paramref name="number"/> was served.</summary>
    public long UtcMsOf(long number) => BlockOf(number, out var slot).UtcMs(slot);

    /// <summary>Entry <paramref name="number"/> with its expected value.</summary>
    public ServedValue this[long number]
    {
        get
        {
            var block = BlockOf(number, out var slot);
            var (utcMs, fault) = (block.UtcMs(slot), block.Fault(slot));
            if (block.IsNone(slot)) return new ServedValue(device, point.Name, utcMs, ServedKind.None, "none", 0, 0, null, fault);
            if (HasText) return Text(utcMs, fault, block.Text(slot));
            if (point.IsTime) return Text(utcMs, fault, ClockEncoding.TextOf(point.Type, block.Bits(slot)));
            return point.IsFloat ? Float(utcMs, fault, block.Bits(slot)) : Exact(utcMs, fault, PointState.RawNumber(point.Type, block.Bits(slot)));
        }
    }

    private bool HasText => point.IsText || point.States is not null || point.Type == PointType.Raw;

    private bool IsScaled => point.Scale != 1m || point.Offset != 0m;

    private ServedBlock BlockOf(long number, out int slot)
    {
        if (number < First || number >= End)
            throw new ArgumentOutOfRangeException(nameof(number), number, $"{device}.{point.Name} keeps {First} to {End - 1}");
        slot = (int)((number - First) % BlockSize);
        return _blocks[(int)((number - First) / BlockSize)];
    }

    private ServedValue Exact(long utcMs, FaultKind fault, decimal raw)
    {
        var digits = raw.ToString(CultureInfo.InvariantCulture);
        return point.Span is { } span
            ? new(device, point.Name, utcMs, ServedKind.Binary64, digits, 0, span.At(raw, point.RawDecimals), null, fault)
            : new(device, point.Name, utcMs, ServedKind.Exact, digits, IsScaled || point.Scale.Scale > 0 ? raw * point.Scale + point.Offset : raw, 0, null, fault);
    }

    private ServedValue Float(long utcMs, FaultKind fault, long bits)
    {
        var raw = RegisterEncoding.FloatOf(point.Type, bits);
        var text = point.Type == PointType.Float64 ? raw.ToString("R", CultureInfo.InvariantCulture) : ((float)raw).ToString("R", CultureInfo.InvariantCulture);
        if (point.Span is { } span)
            return new(device, point.Name, utcMs, ServedKind.Binary64, text, 0, span.At(raw), null, fault) { Slack = span.Slack(span.At(raw)) };
        return IsScaled || point.Type == PointType.Float64
            ? new(device, point.Name, utcMs, ServedKind.Binary64, text, 0, IsScaled ? Scaled(raw) : raw, null, fault)
            : new(device, point.Name, utcMs, ServedKind.Binary32, text, 0, raw, null, fault);
    }

    private ServedValue Text(long utcMs, FaultKind fault, string text) =>
        new(device, point.Name, utcMs, ServedKind.Text, text, 0, 0, text, fault);

    private double Scaled(double raw) => raw * (double)point.Scale + (double)point.Offset;
}
