using System.Globalization;

namespace EdgeGateway.Drivers;

/// <summary>Durations as people write them in plant files: a number and <c>ms</c>, <c>s</c>, <c>m</c>, <c>h</c> or <c>d</c>, without a space.</summary>
public static class DurationText
{
    private static readonly (string Suffix, TimeSpan Unit)[] Units =
    [
        ("ms", TimeSpan.FromMilliseconds(1)), ("s", TimeSpan.FromSeconds(1)), ("m", TimeSpan.FromMinutes(1)),
        ("h", TimeSpan.FromHours(1)), ("d", TimeSpan.FromDays(1)),
    ];

    /// <summary>Reads <c>500ms</c>, <c>1.5s</c>, <c>10m</c>, <c>12h</c>, <c>30d</c>. A bare number has no unit and is refused.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan duration)
    {
        duration = default;
        foreach (var (suffix, unit) in Units)
        {
            if (!text.EndsWith(suffix, StringComparison.Ordinal)) continue;
            var isNumber = decimal.TryParse(text[..^suffix.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number);
            if (!isNumber || number > 36_500m * TimeSpan.TicksPerDay / unit.Ticks) return false;
            duration = TimeSpan.FromTicks((long)(number * unit.Ticks));
            return true;
        }
        return false;
    }

    /// <summary>The shortest exact text: <c>1500ms</c>, <c>2s</c>, <c>30d</c>.</summary>
    public static string Format(TimeSpan duration)
    {
        for (var i = Units.Length - 1; i > 0; i--)
            if (duration.Ticks != 0 && duration.Ticks % Units[i].Unit.Ticks == 0)
                return string.Create(CultureInfo.InvariantCulture, $"{duration.Ticks / Units[i].Unit.Ticks}{Units[i].Suffix}");
        return string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds}ms");
    }
}
