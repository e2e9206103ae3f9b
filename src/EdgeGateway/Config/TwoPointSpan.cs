using System.Globalization;
using System.Text.RegularExpressions;
using EdgeGateway.Drivers;

namespace EdgeGateway.Config;

/// <summary>
/// Two points of a straight line from raw to engineering values, such as <c>5530..27648 -> 0..750</c>. Quotients hardly ever have an end in decimals, so
/// the value is the binary64 number nearest to a quotient of 28 digits; nothing is clipped at the ends.
/// </summary>
internal sealed partial record TwoPointSpan(decimal RawLow, decimal RawHigh, decimal Low, decimal High)
{
    /// <summary>The slope, for those who make raw values: rounded to 12 decimals.</summary>
    public decimal Slope => Math.Round((High - Low) / (RawHigh - RawLow), Scaling.MaxDecimals);

    /// <summary>Reads <c>5530..27648 -> 0..750</c>; null if it is not that.</summary>
    public static TwoPointSpan? Parse(string text)
    {
        var match = Pattern().Match(text);
        if (!match.Success) return null;
        Span<decimal> numbers = stackalloc decimal[4];
        for (var i = 0; i < numbers.Length; i++)
        {
            if (!decimal.TryParse(match.Groups[i + 1].ValueSpan, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out numbers[i])
                || !Scaling.Accepts(numbers[i])) return null;
        }
        var span = new TwoPointSpan(numbers[0], numbers[1], numbers[2], numbers[3]);
        return span.RawLow == span.RawHigh || span.Low == span.High ? null : span;
    }

    /// <summary>The engineering value of a finite number.</summary>
    public SampleValue Apply(in SampleValue raw)
    {
        // 19 digits of the raw number and 10 of each difference stay below the 7.9e28 of a decimal.
        if (raw.Kind == SampleKind.Exact && raw.Exponent is <= 0 and >= -18)
            return SampleValue.OfBinary64(Nearest(Low + (raw.Mantissa / TenTo(-raw.Exponent) - RawLow) * (High - Low) / (RawHigh - RawLow)));
        return SampleValue.OfBinary64((double)Low + (raw.ToDouble() - (double)RawLow) * (double)(High - Low) / (double)(RawHigh - RawLow));
    }

    // The conversion of the platform is not to the nearest binary64; reading the digits is.
    private static double Nearest(decimal number)
    {
        Span<char> digits = stackalloc char[40];
        if (number == 0m) return 0; // never minus zero
        number.TryFormat(digits, out var length, provider: CultureInfo.InvariantCulture);
        return double.Parse(digits[..length], NumberStyles.Float, CultureInfo.InvariantCulture);
    }

    private static decimal TenTo(int exponent)
    {
        var power = 1m;
        for (var i = 0; i < exponent; i++) power *= 10m;
        return power;
    }

    [GeneratedRegex(@"^(-?\d+(?:\.\d+)?)\.\.(-?\d+(?:\.\d+)?)\s*->\s*(-?\d+(?:\.\d+)?)\.\.(-?\d+(?:\.\d+)?)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
