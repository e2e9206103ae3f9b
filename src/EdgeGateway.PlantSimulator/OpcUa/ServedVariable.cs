namespace EdgeGateway.PlantSimulator.OpcUa;

/// <summary>The moving part of a variable: its newest value and those before it. Touched only under the server's lock.</summary>
internal sealed class ServedVariable(UaPoint point, ulong seed, IReadOnlyList<ServedTrack> tracks, int kept)
{
    private readonly PointState _state = new(point.Point, seed);
    private readonly Queue<UaSample> _history = new();

    public UaPoint Point => point;

    public UaType Type { get; } = TypeOf(point.Point);

    /// <summary>The newest value.</summary>
    public Told Now { get; private set; } = new(UaSample.Bad(UaStatus.BadWaitingForInitialData));

    /// <summary>The values kept, oldest first.</summary>
    public IReadOnlyCollection<UaSample> History => _history;

    /// <summary>Moves to the next value, or says why there is none.</summary>
    public void Scan(double load, DateTimeOffset now, Fault fault)
    {
        var fileTime = now.ToFileTime();
        if (fault.Kind is FaultKind.Silent or FaultKind.BadStatus)
        {
            Now = new(UaSample.Bad(fault.Kind == FaultKind.Silent ? UaStatus.BadNoCommunication : fault.Status) with { SourceTime = fileTime, ServerTime = fileTime });
        }
        else
        {
            if (fault.Kind != FaultKind.Frozen || !Now.Sample.IsGood) _state.Advance(load, now.ToUnixTimeMilliseconds());
            Now = new(new UaSample(new UaValue(Type, Content()), UaStatus.Good, fileTime, fileTime), _state.Bits, _state.Text);
        }
        _history.Enqueue(Now.Sample);
        if (_history.Count > kept) _history.Dequeue();
    }

    /// <summary>What the ledger takes down when this is served.</summary>
    public void TakeDown(Told told, List<ServedEntry> served)
    {
        if (!told.Sample.IsGood) return;
        foreach (var track in tracks) served.Add(track.Entry(told.Bits, told.Text, 0));
    }

    private object Content() => Type switch
    {
        UaType.Boolean => _state.Bits != 0,
        UaType.SByte => (sbyte)_state.Bits,
        UaType.Byte => (byte)_state.Bits,
        UaType.Int16 => (short)_state.Bits,
        UaType.UInt16 => (ushort)_state.Bits,
        UaType.Int32 => (int)_state.Bits,
        UaType.UInt32 => (uint)_state.Bits,
        UaType.UInt64 => (ulong)_state.Bits,
        UaType.Float => BitConverter.Int32BitsToSingle((int)_state.Bits),
        UaType.Double => BitConverter.Int64BitsToDouble(_state.Bits),
        UaType.String => _state.Text,
        _ => _state.Bits,
    };

    private static UaType TypeOf(SimulatedPoint point) => point.Type switch
    {
        PointType.Bool => UaType.Boolean,
        PointType.Int8Low => UaType.SByte,
        PointType.UInt8Low => UaType.Byte,
        PointType.Int16 => UaType.Int16,
        PointType.UInt16 => UaType.UInt16,
        PointType.Int32 => UaType.Int32,
        PointType.UInt32 => UaType.UInt32,
        PointType.Int64 => UaType.Int64,
        PointType.UInt64 => UaType.UInt64,
        PointType.Float32 => UaType.Float,
        PointType.Float64 => UaType.Double,
        PointType.String => UaType.String,
        _ => throw new ArgumentException($"{point.Name}: {point.Type} is a way of registers, not a type of OPC UA", nameof(point)),
    };
}
