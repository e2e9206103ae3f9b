using EdgeGateway.Drivers;

namespace EdgeGateway.Config;

/// <summary>
/// value = raw · factor + offset, exactly: an integer register with a decimal factor stays a decimal with the digits the factor implies
/// (raw 1230, factor 0.01 gives 12.30); a float is scaled in binary64 and left alone when the factor is 1 and the offset 0.
/// </summary>
internal readonly struct Scaling
{
    private readonly long _factor;
    private readonly long _offset;
    private readonly sbyte _factorExponent;
    private readonly sbyte _offsetExponent;
    private readonly double _factorDouble;
    private readonly double _offsetDouble;
    private readonly TwoPointSpan? _span;

    public Scaling(decimal factor, decimal offset)
    {
        (_factor, _factorExponent) = Split(factor, nameof(factor));
        (_offset, _offsetExponent) = Split(offset, nameof(offset));
        _factorDouble = (double)factor;
        _offsetDouble = (double)offset;
        Factor = factor;
        Offset = offset;
        IsIdentity = factor == 1m && factor.Scale == 0 && offset == 0m;
    }

    /// <summary>By two points; <see cref="Factor"/> and <see cref="Offset"/> are then near to what they would be.</summary>
    public Scaling(TwoPointSpan span)
        : this(1m, 0m)
    {
        _span = span;
        Factor = span.Slope;
        Offset = Math.Round(span.Low - span.RawLow * span.Slope, 6);
        IsIdentity = false;
    }

    /// <summary>The most decimals a factor or an offset may have.</summary>
    public const int MaxDecimals = 12;

    /// <summary>The two points it was given by; null where it is <see cref="Factor"/> and <see cref="Offset"/>.</summary>
    public TwoPointSpan? Span => _span;

    /// <summary>No scaling.</summary>
    public static Scaling None { get; } = new(1m, 0m);

    public bool IsIdentity { get; }

    /// <summary>As written in the device map, with its digits.</summary>
    public decimal Factor { get; }

    public decimal Offset { get; }

    /// <summary>True if <paramref name="number"/> can be a factor or an offset: at most 12 decimals, below 1e9, and at most 18 digits in all.</summary>
    public static bool Accepts(decimal number) =>
        number.Scale <= MaxDecimals && Math.Abs(number) < 1_000_000_000m && Math.Abs(number) * (decimal)TenTo(number.Scale) < 1e18m;

    /// <summary>Scales one raw value; <see cref="Quality.NotRepresentable"/> instead of an overflow, <see cref="Quality.NotANumber"/> for NaN and infinity.</summary>
    public SampleValue Apply(in SampleValue raw, out Quality quality)
    {
        quality = Quality.Good;
        switch (raw.Kind)
        {
            case SampleKind.Exact when _span is not null:
                return _span.Apply(raw);
            case SampleKind.Exact:
                return IsIdentity ? raw : ScaleDecimal(raw, out quality);
            case SampleKind.Binary32 when !float.IsFinite(raw.AsBinary32):
            case SampleKind.Binary64 when !double.IsFinite(raw.AsBinary64):
                quality = Quality.NotANumber;
                return default;
            case SampleKind.Binary32:
                return IsIdentity ? raw : ScaleDouble(raw.AsBinary32, out quality);
            case SampleKind.Binary64:
                return IsIdentity ? raw : ScaleDouble(raw.AsBinary64, out quality);
            default:
                return raw;
        }
    }

    private SampleValue ScaleDecimal(in SampleValue raw, out Quality quality)
    {
        quality = Quality.Good;
        var product = (Int128)raw.Mantissa * _factor;
        var exponent = raw.Exponent + _factorExponent;
        if (_offset != 0)
        {
            var common = Math.Min(exponent, _offsetExponent);
            if (Outgrows(product, exponent - common) || Outgrows(_offset, _offsetExponent - common))
            {
                quality = Quality.NotRepresentable;
                return default;
            }
            product = product * TenTo(exponent - common) + (Int128)_offset * TenTo(_offsetExponent - common);
            exponent = common;
        }
        if (product >= long.MinValue && product <= long.MaxValue && exponent >= -18 && exponent <= 18)
            return SampleValue.OfExact((long)product, (sbyte)exponent);
        quality = Quality.NotRepresentable;
        return default;
    }

    private SampleValue ScaleDouble(double raw, out Quality quality)
    {
        var value = _span is null ? raw * _factorDouble + _offsetDouble : _span.Apply(SampleValue.OfBinary64(raw)).AsBinary64;
        quality = double.IsFinite(value) ? Quality.Good : Quality.NotANumber;
        return quality == Quality.Good ? SampleValue.OfBinary64(value) : default;
    }

    // Above 1e37 a term cannot become 64 bits by adding the other one, and Int128 would wrap around in silence.
    private static bool Outgrows(Int128 mantissa, int zeros) =>
        mantissa != 0 && (zeros > 37 || Int128.Abs(mantissa) > TenTo(37) / TenTo(zeros));

    private static Int128 TenTo(int exponent)
    {
        Int128 power = 1;
        for (var i = 0; i < exponent; i++) power *= 10;
        return power;
    }

    private static (long Mantissa, sbyte Exponent) Split(decimal number, string name)
    {
        if (!Accepts(number))
            throw new ArgumentOutOfRangeException(name, number, $"at most {MaxDecimals} decimals and below 1e9");
        var mantissa = number;
        for (var i = 0; i < number.Scale; i++) mantissa *= 10m;
        return ((long)mantissa, (sbyte)-number.Scale);
    }
}
