using System.Buffers.Binary;
using System.Collections.Immutable;

namespace EdgeGateway.PlantSimulator;

/// <summary>
/// One slave: a register image that moves with every answer, and a fault that can be switched while it runs. Any thread may ask;
/// answers are made one at a time.
/// </summary>
internal sealed class SimulatedDevice
{
    private readonly Lock _lock = new();
    private readonly AreaImage[] _areas;
    private readonly ImmutableArray<SimulatedPoint>[] _byArea;
    private readonly Place[][] _places = [[], [], [], []];
    private readonly List<ServedEntry> _served = [];
    private Randomness _random;
    private ServedLedger? _ledger;
    private double _load;
    private volatile Fault _fault = Fault.None;
    private long _requests;
    private long _answers;
    private long _writeRequests;

    /// <summary>A device that answers for <paramref name="readable"/>;
    /// if that is null, from the first to the last address of its points per area.</summary>
    /// <exception cref="ArgumentException">A point does not fit its area, its type or the readable addresses, or two overlap.</exception>
    public SimulatedDevice(string name, byte unit, IReadOnlyList<SimulatedPoint> points, IReadOnlyList<AddressRange>? readable = null)
    {
        Name = name;
        Unit = unit;
        Points = points;
        PointRules.Check(name, points);
        _byArea = [.. Enum.GetValues<PointArea>().Select(area => points.Where(point => point.Area == area)
            .OrderBy(point => point.Address).ThenByDescending(point => point.Width).ThenBy(point => point.Bit).ToImmutableArray())];
        var ranges = readable ?? [.. _byArea.Where(area => area.Length > 0).Select(WholeOf)];
        _areas = [.. Enum.GetValues<PointArea>().Select(area => AreaImage.Of([.. ranges.Where(range => range.Area == area)]))];
        foreach (var point in points)
            if (!_areas[(int)point.Area].IsReadable(point.Address, point.Width))
                throw new ArgumentException(
                    $"{name}.{point.Name}: {point.Area} {point.Address}..{point.End - 1} is not in the readable addresses", nameof(readable));
    }

    /// <summary>Unique in the plant; the name the ledger knows it by.</summary>
    public string Name { get; }

    /// <summary>Unit id on its line.</summary>
    public byte Unit { get; }

    /// <summary>The frames it speaks in, where its line has several kinds; null for those of the line.</summary>
    public LineWire? OwnWire { get; init; }

    public IReadOnlyList<SimulatedPoint> Points { get; }

    /// <summary>What is wrong with it from the next question on.</summary>
    public Fault Fault
    {
        get => _fault;
        set => _fault = value;
    }

    /// <summary>Questions taken, of any function.</summary>
    public long Requests => Volatile.Read(ref _requests);

    /// <summary>Answers with values that were made (refusals not counted).</summary>
    public long Answers => Volatile.Read(ref _answers);

    /// <summary>Requests of functions that write. A gateway that only reads leaves this at 0.</summary>
    public long WriteRequests => Volatile.Read(ref _writeRequests);

    /// <summary>Makes the values of seed <paramref name="seed"/> and has <paramref name="ledger"/> (if any) take down what is served.</summary>
    internal void Prepare(ulong seed, ServedLedger? ledger)
    {
        lock (_lock)
        {
            var own = Randomness.SeedFor(seed, Name);
            _random = new Randomness(own);
            _load = 0;
            _ledger = ledger;
            for (var area = 0; area < _byArea.Length; area++) _places[area] = PlacesOf(_byArea[area], own, ledger);
        }
    }

    /// <summary>Counts a question.</summary>
    internal void Count(byte function)
    {
        Interlocked.Increment(ref _requests);
        if (ModbusFunction.Writes(function)) Interlocked.Increment(ref _writeRequests);
    }

    /// <summary>
    /// Answers one PDU into <paramref name="answer"/> (at least 253 bytes) and returns its length. The points wholly inside the asked
    /// addresses move on first (unless frozen), and the ledger takes them down as served at <paramref name="utcMs"/>.
    /// </summary>
    internal int Answer(ReadOnlySpan<byte> question, Span<byte> answer, long utcMs, Fault fault)
    {
        var function = question[0];
        if (fault.Kind == FaultKind.Exception) return ModbusFunction.Refuse(answer, function, fault.Code);
        if (!ModbusFunction.Reads(function, out var area)) return ModbusFunction.Refuse(answer, function, ModbusFunction.IllegalFunction);
        if (question.Length != 5) return ModbusFunction.Refuse(answer, function, ModbusFunction.IllegalValue);
        var address = BinaryPrimitives.ReadUInt16BigEndian(question[1..]);
        var count = BinaryPrimitives.ReadUInt16BigEndian(question[3..]);
        if (count == 0 || count > ModbusFunction.MostOf(area)) return ModbusFunction.Refuse(answer, function, ModbusFunction.IllegalValue);
        lock (_lock)
        {
            var image = _areas[(int)area];
            if (!image.IsReadable(address, count)) return ModbusFunction.Refuse(answer, function, ModbusFunction.IllegalAddress);
            MoveNeedsLock(_places[(int)area], image, address, address + count, fault.Kind == FaultKind.Frozen, utcMs);
            if (_ledger is not null) _ledger.Append(_served, utcMs, fault.Kind);
            _answers++;
            answer[0] = function;
            var values = image.At(address, count);
            return 2 + (area is PointArea.Coil or PointArea.Discrete ? PutBits(answer[1..], values) : PutRegisters(answer[1..], values));
        }
    }

    private void MoveNeedsLock(Place[] places, AreaImage image, int first, int end, bool isFrozen, long utcMs)
    {
        if (!isFrozen) _load += 0.05 * _random.Gauss() - 0.00125 * _load;
        var from = FirstFrom(places, first);
        for (var i = from; i < places.Length && places[i].Point.Address < end && !isFrozen; i++)
            if (places[i] is { IsFollower: false } place && place.Point.End <= end) place.Move(image.At(place.Point.Address, place.Point.Width), _load, utcMs);
        // After all have written, so that what several points share is taken down as it is sent.
        _served.Clear();
        for (var i = from; i < places.Length && places[i].Point.Address < end; i++)
            if (places[i].Point.End <= end) places[i].TakeDown(image.At(places[i].Point.Address, places[i].Point.Width), _served);
    }

    private static int FirstFrom(Place[] places, int address)
    {
        int low = 0, high = places.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (places[middle].Point.Address < address) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    private static int PutRegisters(Span<byte> answer, ReadOnlySpan<ushort> registers)
    {
        answer[0] = (byte)(registers.Length * 2);
        for (var i = 0; i < registers.Length; i++) BinaryPrimitives.WriteUInt16BigEndian(answer[(1 + 2 * i)..], registers[i]);
        return registers.Length * 2;
    }

    private static int PutBits(Span<byte> answer, ReadOnlySpan<ushort> bits)
    {
        var bytes = (bits.Length + 7) / 8;
        answer[0] = (byte)bytes;
        answer.Slice(1, bytes).Clear();
        for (var i = 0; i < bits.Length; i++)
            if (bits[i] != 0) answer[1 + i / 8] |= (byte)(1 << (i % 8));
        return bytes;
    }

    private Place[] PlacesOf(ImmutableArray<SimulatedPoint> points, ulong seed, ServedLedger? ledger)
    {
        var places = new List<Place>();
        var beside = points.ToLookup(point => point.Address);
        foreach (var point in points)
        {
            // Sorted by address: the same place is among the last.
            var place = places.FindLast(other => other.Point.Address != point.Address || PointRules.IsSamePlace(other.Point, point));
            if (place is null || place.Point.Address != point.Address)
            {
                var leader = LeaderOf([.. beside[point.Address].Where(other => PointRules.IsSamePlace(other, point))]);
                place = new Place(leader, new PointState(leader, Randomness.SeedFor(seed, point.Name))) { IsFollower = PointRules.IsFollower(point, points) };
                places.Add(place);
            }
            if (ledger is not null) place.Tracks.Add(ledger.Open(Name, point));
        }
        // What writes a whole register moves before the parts that are read out of it.
        return [.. places.OrderBy(place => place.Point.Address).ThenBy(place => place.IsFollower).ThenBy(place => place.Point.Bit)];
    }

    /// <summary>Whose movement a place of several names follows: that of its states, and with markers only if all of them know them.</summary>
    private static SimulatedPoint LeaderOf(ImmutableArray<SimulatedPoint> same)
    {
        var leader = same.FirstOrDefault(point => point.States is not null) ?? same[0];
        return same.All(point => point.Invalid.SequenceEqual(leader.Invalid)) ? leader : leader with { Invalid = [] };
    }

    private static AddressRange WholeOf(ImmutableArray<SimulatedPoint> points)
    {
        var first = points.Min(point => point.Address);
        return new AddressRange(points[0].Area, first, points.Max(point => point.End) - first);
    }
}
