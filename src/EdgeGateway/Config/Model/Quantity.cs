using System.Globalization;

namespace EdgeGateway.Config.Model;

/// <summary>A number with its unit, as it is written: <c>35 mg/m3</c>.</summary>
internal readonly record struct Quantity(decimal Number, string Unit)
{
    private const decimal Largest = 1_000_000_000m;

    /// <summary>The quantity; null for a text that is none.</summary>
    public static Quantity? Parse(string text)
    {
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        var number = space < 0 ? text : text[..space];
        return decimal.TryParse(number, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && Math.Abs(value) < Largest
            ? new Quantity(value, space < 0 ? "" : text[(space + 1)..].Trim())
            : null;
    }
}
