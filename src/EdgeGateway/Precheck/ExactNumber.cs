using System.Globalization;
using EdgeGateway.Drivers;

namespace EdgeGateway.Precheck;

/// <summary>
/// A sealed value as a decimal: the digits that stand in the payload, rounded to nine decimals (half to even). So sums are exact in whatever order they are
/// made, and whoever has the payloads comes to the same figures (docs/decisions/0013).
/// </summary>
internal static class ExactNumber
{
    /// <summary>Decimals that are kept.</summary>
    public const int Decimals = 9;

    // With nine decimals the values of a day still fit the 28 digits of a decimal.
    private const decimal Largest = 1_000_000_000_000m;
    private const int MostScale = 28;

    /// <summary>The number; false for text, for no value, and for what is larger than 10^12.</summary>
    public static bool TryOf(in SampleValue value, out decimal number)
    {
        Span<byte> digits = stackalloc byte[40];
        int length;
        switch (value.Kind)
        {
            case SampleKind.Exact:
                return TryExact(value.Mantissa, value.Exponent, out number);
            case SampleKind.Binary32:
                value.AsBinary32.TryFormat(digits, out length, "R", CultureInfo.InvariantCulture);
                break;
            case SampleKind.Binary64:
                value.AsBinary64.TryFormat(digits, out length, "R", CultureInfo.InvariantCulture);
                break;
            default:
                number = 0m;
                return false;
        }
        return TryParse(digits[..length], out number);
    }

    /// <summary>The same from a number of a payload.</summary>
    public static bool TryParse(ReadOnlySpan<byte> digits, out decimal number) =>
        decimal.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && TryKeep(ref number);

    private static bool TryExact(long mantissa, int exponent, out decimal number)
    {
        number = 0m;
        if (exponent < -MostScale) return true; // below half of the last decimal that is kept
        if (exponent <= 0)
        {
            var magnitude = mantissa < 0 ? 0UL - (ulong)mantissa : (ulong)mantissa;
            number = new decimal((int)magnitude, (int)(magnitude >> 32), 0, mantissa < 0, (byte)-exponent);
            return TryKeep(ref number);
        }
        number = mantissa;
        for (var i = 0; i < exponent; i++)
        {
            if (Math.Abs(number) > Largest) return false;
            number *= 10m;
        }
        return TryKeep(ref number);
    }

    private static bool TryKeep(ref decimal number)
    {
        if (Math.Abs(number) > Largest) return false;
        number = Math.Round(number, Decimals, MidpointRounding.ToEven);
        return true;
    }
}
