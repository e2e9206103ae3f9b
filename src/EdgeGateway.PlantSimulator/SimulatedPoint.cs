namespace EdgeGateway.PlantSimulator;

/// <summary>One value of a simulated device: where it is found, how it is written, and how it moves.</summary>
internal sealed record SimulatedPoint
{
    /// <summary>Unique within its device; the name the ledger knows it by.</summary>
    public required string Name { get; init; }

    public required PointArea Area { get; init; }

    /// <summary>Address of the first register or bit as it stands on the wire (from 0).</summary>
    public required int Address { get; init; }

    public required PointType Type { get; init; }

    public WordOrder Order { get; init; } = WordOrder.ABCD;

    /// <summary>Of a <see cref="PointType.Bool"/> in a register: which bit, 0 (least significant) to 15.</summary>
    public int Bit { get; init; }

    /// <summary>Of a <see cref="PointType.String"/>: how many characters it has room for, two per register.</summary>
    public int Length { get; init; } = 2;

    /// <summary>Engineering value = raw · <see cref="Scale"/> + <see cref="Offset"/>.</summary>
    public decimal Scale { get; init; } = 1m;

    /// <summary>See <see cref="Scale"/>.</summary>
    public decimal Offset { get; init; }

    /// <summary>The lowest raw number, where the device has fewer than its type; null for the type's.</summary>
    public decimal? RawLow { get; init; }

    /// <summary>The highest raw number; a counter that is past it starts again at zero. Null for the type's.</summary>
    public decimal? RawHigh { get; init; }

    /// <summary>How the engineering value moves from answer to answer.</summary>
    public required Waveform Waveform { get; init; }

    /// <summary>True in the two areas of single bits.</summary>
    public bool IsSingleBit => Area is PointArea.Coil or PointArea.Discrete;

    /// <summary>How many registers (or bits, in the areas of single bits) the value fills.</summary>
    public int Width => Type switch
    {
        PointType.Int32 or PointType.UInt32 or PointType.Float32 or PointType.Bcd32 => 2,
        PointType.Int64 or PointType.UInt64 or PointType.Float64 => 4,
        PointType.String => (Length + 1) / 2,
        _ => 1,
    };

    /// <summary>The address after the last one.</summary>
    public int End => Address + Width;
}
