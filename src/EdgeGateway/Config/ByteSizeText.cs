using System.Globalization;

namespace EdgeGateway.Config;

/// <summary>
/// Sizes as people write them in plant files: a number and <c>KiB</c>, <c>MiB</c>, <c>GiB</c> or <c>TiB</c>, without a space.
/// </summary>
internal static class ByteSizeText
{
    private static readonly (string Suffix, long Unit)[] Units =
        [("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40)];

    /// <summary>Reads <c>500MiB</c>, <c>1.5GiB</c>. A bare number, or <c>MB</c>, is refused: 1 MB is not 1 MiB.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out long bytes)
    {
        bytes = 0;
        foreach (var (suffix, unit) in Units)
        {
            if (!text.EndsWith(suffix, StringComparison.Ordinal)) continue;
            var digits = text[..^suffix.Length];
            var isNumber = decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number);
            if (!isNumber || number > long.MaxValue / unit) return false;
            bytes = (long)(number * unit);
            return true;
        }
        return false;
    }
}
