using System.Collections.Immutable;
using System.Globalization;

namespace EdgeGateway.PlantSimulator;

/// <summary>One value of a simulated meter (DL/T 645): under which data identifiers it is read, how it is written, and how it moves.</summary>
internal sealed record MeterItem
{
    /// <summary>The names the ledger knows it by; each unique within its meter. One value may be read under several.</summary>
    public required ImmutableArray<string> Names { get; init; }

    /// <summary>The data identifier that brings this value alone, eight hexadecimal digits (1997: four); empty if only a block does.</summary>
    public string Identifier { get; init; } = "";

    /// <summary>The data identifier of the block it stands in; empty for none.</summary>
    public string Block { get; init; } = "";

    /// <summary>Its place in the block, from 1.</summary>
    public int Member { get; init; } = 1;

    /// <summary>The notation of the standard: <c>XXX.X</c> a number, <c>HHHH</c> bits, <c>NNNN</c> digits, <c>YYMMDDhhmm</c> a time; two characters to a byte.</summary>
    public required string Format { get; init; }

    /// <summary>True if the highest bit is a sign.</summary>
    public bool IsSigned { get; init; }

    /// <summary>What the gateway makes of the number under a name, besides its point; names that are not there: the number as the meter shows it.</summary>
    public ImmutableDictionary<string, MeterReading> Readings { get; init; } = ImmutableDictionary<string, MeterReading>.Empty;

    /// <summary>How the engineering value moves from answer to answer; of digits and times: texts as a meter shows them (<c>26-11-23 01</c>).</summary>
    public required Waveform Waveform { get; init; }

    /// <summary>Bytes on the wire.</summary>
    public int Width => Format.Replace(".", "", StringComparison.Ordinal).Length / 2;

    /// <summary>The value as the ledger and the movement know it.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    internal SimulatedPoint AsPoint(string name)
    {
        var (low, high) = Range();
        var reading = Readings.GetValueOrDefault(name) ?? MeterReading.AsShown;
        return new SimulatedPoint
        {
            Name = name,
            Area = PointArea.Holding,
            Address = 0,
            Type = IsText ? PointType.String : PointType.Int64,
            Length = 3 * Width,
            Scale = IsText ? 1m : reading.Scale / PowersOfTen.Of(Decimals),
            Offset = IsText ? 0m : reading.Offset,
            Span = IsText ? null : reading.Span,
            States = reading.States,
            RawDecimals = Decimals,
            RawLow = low,
            RawHigh = high,
            Waveform = Waveform,
        };
    }

    /// <summary>Writes the value, lowest byte first.</summary>
    /// <exception cref="ArgumentException">A text has not as many digits as the format.</exception>
    internal void Write(Span<byte> destination, long number, string text)
    {
        if (Format[0] == 'H')
        {
            for (var i = 0; i < Width; i++) destination[i] = (byte)(number >> 8 * i);
            return;
        }
        var digits = IsText ? string.Concat(text.Where(char.IsAsciiDigit)) : Math.Abs(number).ToString(CultureInfo.InvariantCulture).PadLeft(2 * Width, '0');
        if (digits.Length != 2 * Width) throw new ArgumentException($"{Names[0]}: '{text}' has {digits.Length} digits, {Format} needs {2 * Width}");
        for (var i = 0; i < Width; i++)
        {
            var pair = digits.Substring(2 * (Width - 1 - i), 2);
            destination[i] = (byte)((pair[0] - '0') * 16 + (pair[1] - '0'));
        }
        if (number < 0) destination[Width - 1] |= 0x80;
    }

    private bool IsText => Format[0] is not ('X' or 'H');

    private int Decimals => Format.Contains('.', StringComparison.Ordinal) ? Format.Length - 1 - Format.IndexOf('.', StringComparison.Ordinal) : 0;

    private (decimal? Low, decimal? High) Range()
    {
        if (IsText) return (null, null);
        if (Format[0] == 'H') return (0, (1L << 8 * Width) - 1);
        // The sign takes the highest bit of the first digit, which so ends at seven.
        var high = IsSigned ? 8 * PowersOfTen.Of(2 * Width - 1) - 1 : PowersOfTen.Of(2 * Width) - 1;
        return (IsSigned ? -high : 0, high);
    }
}
