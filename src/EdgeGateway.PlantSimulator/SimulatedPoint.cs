using System.Collections.Immutable;

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

    /// <summary>Of a <see cref="PointType.Bool"/> in a register: which bit, 0 (least significant) to 15; of a field its lowest bit.</summary>
    public int Bit { get; init; }

    /// <summary>How many bits of a <see cref="PointType.UInt16"/> or <see cref="PointType.UInt32"/> the point is; 0 for all of it.</summary>
    public int FieldBits { get; init; }

    /// <summary>Of a text: how many bytes it has room for; of <see cref="PointType.Raw"/>: its bytes.</summary>
    public int Length { get; init; } = 2;

    /// <summary>Engineering value = raw · <see cref="Scale"/> + <see cref="Offset"/>.</summary>
    public decimal Scale { get; init; } = 1m;

    /// <summary>See <see cref="Scale"/>.</summary>
    public decimal Offset { get; init; }

    /// <summary>Two points of the line from raw to engineering values, instead of <see cref="Scale"/> and <see cref="Offset"/>; null for those.</summary>
    public PointSpan? Span { get; init; }

    /// <summary>What the gateway makes a state of instead of a value; null for a value.</summary>
    public StateWord? States { get; init; }

    /// <summary>What the device sends when it has no value, as a map says it: <c>0x7FFF</c> bits, <c>-9999</c> a raw number, <c>NaN</c>. Served now and then, one answer of seven.</summary>
    public ImmutableArray<string> Invalid { get; init; } = [];

    /// <summary>How many digits of the raw number stand behind its point; 0 in registers.</summary>
    public int RawDecimals { get; init; }

    /// <summary>The lowest raw number, where the device has fewer than its type; null for the type's.</summary>
    public decimal? RawLow { get; init; }

    /// <summary>The highest raw number; a counter that is past it starts again at zero. Null for the type's.</summary>
    public decimal? RawHigh { get; init; }

    /// <summary>True where a value that was told holds until another is told: a master may take it more than once.</summary>
    public bool IsHeld { get; init; }

    /// <summary>How the engineering value moves from answer to answer.</summary>
    public required Waveform Waveform { get; init; }

    /// <summary>True in the two areas of single bits.</summary>
    public bool IsSingleBit => Area is PointArea.Coil or PointArea.Discrete;

    /// <summary>How many registers (or bits, in the areas of single bits) the value fills.</summary>
    public int Width => Type switch
    {
        PointType.Int32 or PointType.UInt32 or PointType.Float32 or PointType.Bcd32 or PointType.Mod10K32 or PointType.UnixTime => 2,
        PointType.Mod10K48 or PointType.BcdTime => 3,
        PointType.Int64 or PointType.UInt64 or PointType.Float64 or PointType.Bcd64 or PointType.Mod10K64 or PointType.Iec870Time => 4,
        PointType.SixWordTime => 6,
        PointType.String or PointType.Ascii or PointType.Gbk or PointType.Raw => (Length + 1) / 2,
        PointType.HighCharacters or PointType.LowCharacters => Length,
        _ => 1,
    };

    /// <summary>True for characters.</summary>
    public bool IsText => Type is PointType.String or PointType.Ascii or PointType.Gbk or PointType.HighCharacters or PointType.LowCharacters;

    /// <summary>True for the device's clock, whose raw value is Unix milliseconds here.</summary>
    public bool IsTime => Type is PointType.BcdTime or PointType.SixWordTime or PointType.Iec870Time or PointType.UnixTime;

    /// <summary>True for binary floats.</summary>
    public bool IsFloat => Type is PointType.Float16 or PointType.Float32 or PointType.Float64;

    /// <summary>True for a part of registers: others may have the rest, or the whole.</summary>
    public bool IsPart => FieldBits > 0 || (Type == PointType.Bool && !IsSingleBit)
        || Type is PointType.Int8High or PointType.Int8Low or PointType.UInt8High or PointType.UInt8Low;

    /// <summary>Engineering units for each raw unit; of a span rounded, for making values only.</summary>
    public decimal Slope => Span is null ? Scale : Span.Slope / PowersOfTen.Of(RawDecimals);

    /// <summary>The engineering value of raw 0, as <see cref="Slope"/>.</summary>
    public decimal Intercept => Span is null ? Offset : Span.Low - Span.RawLow * Span.Slope;

    /// <summary>The address after the last one.</summary>
    public int End => Address + Width;
}
