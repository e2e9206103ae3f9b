using System.Globalization;

namespace EdgeGateway.Config.Model;

/// <summary>How a value in one unit becomes a value in another: value · <see cref="Numerator"/> / <see cref="Denominator"/> + <see cref="Offset"/>.</summary>
internal readonly record struct UnitFraction(decimal Numerator, decimal Denominator, decimal Offset)
{
    /// <summary>True if the unit is a share of the gas, such as ppm, and the value in the other one a mass in it at standard state.</summary>
    public bool IsOfShare { get; init; }

    /// <summary>Of two values that are in the same unit.</summary>
    public static UnitFraction Same { get; } = new(1m, 1m, 0m);

    /// <summary>The value in the other unit.</summary>
    public decimal Convert(decimal value) => value * Numerator / Denominator + Offset;

    /// <summary>A table's <c>1/1000</c> or <c>3600</c>, with its offset.</summary>
    /// <exception cref="FormatException">It is neither.</exception>
    public static UnitFraction Parse(string factor, string offset)
    {
        var slash = factor.IndexOf('/', StringComparison.Ordinal);
        return slash < 0
            ? new UnitFraction(Number(factor), 1m, Number(offset))
            : new UnitFraction(Number(factor[..slash]), Number(factor[(slash + 1)..]), Number(offset));
    }

    private static decimal Number(string text) => decimal.Parse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
}
