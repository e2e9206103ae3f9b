using System.Numerics;

namespace EdgeGateway.PlantSimulator;

/// <summary>
/// Two points of a straight line: raw <see cref="RawLow"/> is <see cref="Low"/>, raw <see cref="RawHigh"/> is <see cref="High"/>. What a value must be is
/// reckoned in whole fractions and rounded once, at the end.
/// </summary>
/// <param name="RawLow">At most 12 decimals, as the others.</param>
/// <param name="RawHigh">Another number than <paramref name="RawLow"/>.</param>
/// <param name="Low">In engineering units.</param>
/// <param name="High">In engineering units.</param>
internal sealed record PointSpan(decimal RawLow, decimal RawHigh, decimal Low, decimal High)
{
    private const int MantissaBits = 53;

    private static readonly BigInteger Unit = BigInteger.Pow(10, 12);

    /// <summary>Engineering units for each raw unit, rounded.</summary>
    public decimal Slope => (High - Low) / (RawHigh - RawLow);

    /// <summary>The binary64 number nearest to the value of a raw number.</summary>
    /// <param name="raw">The digits of the raw number.</param>
    /// <param name="decimals">How many of them stand behind its point.</param>
    public double At(decimal raw, int decimals) => At(new BigInteger(raw), BigInteger.Pow(10, decimals));

    /// <summary>The binary64 number nearest to the value of a raw float, which must be finite.</summary>
    public double At(double raw)
    {
        var bits = BitConverter.DoubleToInt64Bits(raw);
        var exponent = (int)(bits >> 52 & 0x7FF);
        var mantissa = new BigInteger(bits & 0xF_FFFF_FFFF_FFFF | (exponent == 0 ? 0 : 1L << 52));
        var power = Math.Max(exponent, 1) - 1075;
        if (bits < 0) mantissa = -mantissa;
        return power >= 0 ? At(mantissa << power, BigInteger.One) : At(mantissa, BigInteger.One << -power);
    }

    /// <summary>How far a value reckoned in binary64 may be from <see cref="At(double)"/>: eight units in the last place of the largest number it was reckoned with.</summary>
    public double Slack(double value) => 8 * (Math.BitIncrement(Largest(value)) - Largest(value));

    private double Largest(double value) => Math.Max(Math.Abs(value), (double)Math.Max(Math.Abs(Low), Math.Abs(High)));

    private double At(BigInteger raw, BigInteger parts)
    {
        var (rawSpan, span) = (Units(RawHigh - RawLow), Units(High - Low));
        var above = Units(Low) * parts * rawSpan + (raw * Unit - Units(RawLow) * parts) * span;
        return Nearest(above, Unit * parts * rawSpan);
    }

    private static BigInteger Units(decimal number) => new(number * (decimal)Unit);

    private static double Nearest(BigInteger above, BigInteger below)
    {
        if (above.IsZero) return 0;
        var isNegative = above.Sign != below.Sign;
        (above, below) = (BigInteger.Abs(above), BigInteger.Abs(below));
        // Some bits more than a mantissa holds; what is cut off decides how it is rounded.
        var shift = MantissaBits + 10 - (int)(above.GetBitLength() - below.GetBitLength());
        var quotient = shift >= 0 ? BigInteger.DivRem(above << shift, below, out var rest) : BigInteger.DivRem(above, below << -shift, out rest);
        var extra = (int)quotient.GetBitLength() - MantissaBits;
        var mantissa = quotient >> extra;
        var cut = quotient - (mantissa << extra);
        var half = BigInteger.One << (extra - 1);
        if (cut > half || (cut == half && (!rest.IsZero || !mantissa.IsEven))) mantissa++;
        var nearest = Math.ScaleB((double)mantissa, extra - shift);
        return isNegative ? -nearest : nearest;
    }
}
