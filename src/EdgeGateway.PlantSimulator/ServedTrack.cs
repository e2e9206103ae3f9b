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

    /// <summary>Number of the oldest entry still there.</summary>
    public long First { get; private set; }

    /// <summary>Number after the newest entry.</summary>
    public long End { get; private set; }

    /// <summary>Adds an entry; true if that took a new block.</summary>
    public bool Add(long utcMs, FaultKind fault, long bits, string text)
    {
        var isFull = End - First == (long)_blocks.Count * BlockSize;
        if (isFull) _blocks.Add(new ServedBlock(point.Type == PointType.String));
        _blocks[^1].Put((int)((End - First) % BlockSize), utcMs, fault, bits, text);
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
            return point.Type switch
            {
                PointType.String => Text(utcMs, fault, block.Text(slot)),
                PointType.Float32 => Float32(utcMs, fault, BitConverter.Int32BitsToSingle((int)block.Bits(slot))),
                PointType.Float64 => Float64(utcMs, fault, BitConverter.Int64BitsToDouble(block.Bits(slot))),
                _ => Exact(utcMs, fault, PointState.RawNumber(point.Type, block.Bits(slot))),
            };
        }
    }

    private bool IsScaled => point.Scale != 1m || point.Offset != 0m;

    private ServedBlock BlockOf(long number, out int slot)
    {
        if (number < First || number >= End)
            throw new ArgumentOutOfRangeException(nameof(number), number, $"{device}.{point.Name} keeps {First} to {End - 1}");
        slot = (int)((number - First) % BlockSize);
        return _blocks[(int)((number - First) / BlockSize)];
    }

    private ServedValue Exact(long utcMs, FaultKind fault, decimal raw) => new(device, point.Name, utcMs, ServedKind.Exact,
        raw.ToString(CultureInfo.InvariantCulture), IsScaled || point.Scale.Scale > 0 ? raw * point.Scale + point.Offset : raw, 0, null, fault);

    private ServedValue Float32(long utcMs, FaultKind fault, float raw)
    {
        var text = raw.ToString("R", CultureInfo.InvariantCulture);
        return IsScaled
            ? new(device, point.Name, utcMs, ServedKind.Binary64, text, 0, Scaled(raw), null, fault)
            : new(device, point.Name, utcMs, ServedKind.Binary32, text, 0, raw, null, fault);
    }

    private ServedValue Float64(long utcMs, FaultKind fault, double raw) => new(device, point.Name, utcMs, ServedKind.Binary64,
        raw.ToString("R", CultureInfo.InvariantCulture), 0, IsScaled ? Scaled(raw) : raw, null, fault);

    private ServedValue Text(long utcMs, FaultKind fault, string text) =>
        new(device, point.Name, utcMs, ServedKind.Text, text, 0, 0, text, fault);

    private double Scaled(double raw) => raw * (double)point.Scale + (double)point.Offset;
}
