namespace EdgeGateway.PlantSimulator;

/// <summary>One place in a device's registers, and the points that read it (more than one when the same place has two names).</summary>
internal sealed class Place(SimulatedPoint point, PointState state)
{
    /// <summary>Where it is, how it is written, and how it moves.</summary>
    public SimulatedPoint Point { get; } = point;

    public PointState State { get; } = state;

    /// <summary>Where the ledger keeps each point of this place.</summary>
    public List<ServedTrack> Tracks { get; } = [];

    /// <summary>True for what only shows registers that other places write.</summary>
    public required bool IsFollower { get; init; }

    /// <summary>Moves on and writes its registers.</summary>
    public void Move(Span<ushort> registers, double load, long utcMs)
    {
        State.Advance(load, utcMs);
        if (State.Marker is { } marker) RegisterEncoding.WriteWhole(registers, Point, marker);
        else RegisterEncoding.Write(registers, Point, State.Bits, State.Text);
    }

    /// <summary>What an answer carries of it, once every place of the answer has moved: of parts, what stands in the registers after all have written.</summary>
    public void TakeDown(ReadOnlySpan<ushort> registers, List<ServedEntry> served)
    {
        foreach (var track in Tracks)
            served.Add(Point.Type == PointType.Raw ? track.Entry(0, HexOf(registers, Point.Length), 0)
                : Point.IsPart ? track.Entry(RegisterEncoding.ReadPart(registers, Point), "", RegisterEncoding.ReadWhole(registers, Point))
                : track.Entry(State.Bits, State.Text, State.Marker ?? (Point.IsText || Point.IsTime ? 0 : RegisterEncoding.ContentOf(Point, State.Bits))));
    }

    private static string HexOf(ReadOnlySpan<ushort> registers, int length)
    {
        var bytes = new byte[2 * registers.Length];
        for (var i = 0; i < registers.Length; i++) (bytes[2 * i], bytes[2 * i + 1]) = ((byte)(registers[i] >> 8), (byte)registers[i]);
        return Convert.ToHexString(bytes, 0, length);
    }
}
