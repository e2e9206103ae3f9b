namespace EdgeGateway.Drivers;

/// <summary>What a <see cref="SampleValue"/> holds.</summary>
public enum SampleKind : byte
{
    /// <summary>No value; the quality says why.</summary>
    None = 0,

    /// <summary>An exact decimal: a 64-bit mantissa times a power of ten.</summary>
    Exact = 1,

    /// <summary>IEEE 754 binary32, as the device sent it.</summary>
    Binary32 = 2,

    /// <summary>IEEE 754 binary64.</summary>
    Binary64 = 3,

    /// <summary>Text of at most 256 characters.</summary>
    Text = 4,
}

/// <summary>A value without rounding: integers stay exact decimals, floats keep the device's bits. 24 bytes, no allocation for numbers.</summary>
public readonly struct SampleValue : IEquatable<SampleValue>
{
    private readonly long _bits;
    private readonly string? _text;

    private SampleValue(SampleKind kind, long bits, sbyte exponent, string? text)
    {
        Kind = kind;
        _bits = bits;
        Exponent = exponent;
        _text = text;
    }

    /// <summary>What this value holds.</summary>
    public SampleKind Kind { get; }

    /// <summary>The power of ten of a <see cref="SampleKind.Exact"/>: -1 for tenths.</summary>
    public sbyte Exponent { get; }

    /// <summary>The mantissa of a <see cref="SampleKind.Exact"/>.</summary>
    public long Mantissa => _bits;

    /// <summary>The value of a <see cref="SampleKind.Binary32"/>.</summary>
    public float AsBinary32 => BitConverter.Int32BitsToSingle((int)_bits);

    /// <summary>The value of a <see cref="SampleKind.Binary64"/>.</summary>
    public double AsBinary64 => BitConverter.Int64BitsToDouble(_bits);

    /// <summary>The value of a <see cref="SampleKind.Text"/>.</summary>
    public string? AsText => _text;

    /// <summary>An exact decimal, <c>mantissa · 10^exponent</c>.</summary>
    public static SampleValue OfExact(long mantissa, sbyte exponent = 0) => new(SampleKind.Exact, mantissa, exponent, null);

    /// <summary>A binary32 with all its bits.</summary>
    public static SampleValue OfBinary32(float value) => new(SampleKind.Binary32, BitConverter.SingleToInt32Bits(value), 0, null);

    /// <summary>A binary64 with all its bits.</summary>
    public static SampleValue OfBinary64(double value) => new(SampleKind.Binary64, BitConverter.DoubleToInt64Bits(value), 0, null);

    /// <summary>Text; the caller has bounded it to 256 characters.</summary>
    public static SampleValue OfText(string text) => new(SampleKind.Text, 0, 0, text);

    /// <summary>The number as a double for display and range checks (not for the wire); NaN for text and no value.</summary>
    public double ToDouble() => Kind switch
    {
        SampleKind.Exact => Exponent >= 0 ? _bits * Math.Pow(10, Exponent) : _bits / Math.Pow(10, -Exponent),
        SampleKind.Binary32 => AsBinary32,
        SampleKind.Binary64 => AsBinary64,
        _ => double.NaN,
    };

    /// <inheritdoc/>
    public bool Equals(SampleValue other) =>
        Kind == other.Kind && _bits == other._bits && Exponent == other.Exponent && string.Equals(_text, other._text, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is SampleValue other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, _bits, Exponent, _text);

    /// <summary>Same kind, bits, exponent and text.</summary>
    public static bool operator ==(SampleValue left, SampleValue right) => left.Equals(right);

    /// <summary>Not the same kind, bits, exponent or text.</summary>
    public static bool operator !=(SampleValue left, SampleValue right) => !left.Equals(right);
}
