using System.Globalization;

namespace EdgeGateway.Config.Model;

/// <summary>Hours of a day, possibly over midnight: from 22:00 to 08:00.</summary>
/// <param name="From">First hour.</param>
/// <param name="To">The end, not inside.</param>
internal readonly record struct DayWindow(TimeOnly From, TimeOnly To)
{
    /// <summary>True inside.</summary>
    public bool Holds(TimeOnly time) => From < To ? time >= From && time < To : time >= From || time < To;

    /// <summary>True in the part after midnight of a window that began on the day before.</summary>
    public bool IsAfterMidnight(TimeOnly time) => From > To && time < To;

    /// <summary>A text such as <c>22:00-08:00</c>, of whole hours that differ; null if it is none.</summary>
    public static DayWindow? Parse(string text)
    {
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        return dash > 0 && Hour(text[..dash]) is { } from && Hour(text[(dash + 1)..]) is { } to && from != to ? new DayWindow(from, to) : null;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{From:HH\\:mm}-{To:HH\\:mm}");

    private static TimeOnly? Hour(string text) => TimeOnly.TryParseExact(text.Trim(), "HH:00", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;
}
