using System.Globalization;

namespace EdgeGateway.Precheck;

/// <summary>A minute in a few words, for people who watch.</summary>
internal static class AggregateText
{
    /// <summary>The pollutants of the first outlet, each with its mean and, in brackets, that at reference oxygen; null if there is no outlet.</summary>
    public static string? Of(ClosedPeriod minute)
    {
        var (unit, rows) = minute.Units.FirstOrDefault(entry => entry.Unit.Outlet is not null);
        if (unit is null) return null;
        var values = rows.Where(row => row.Binding.Role.IsPollutant).Select(row =>
            $"{row.Binding.Role.Name["outlet.".Length..]} {Short(row.Mean)}{(row.Reference is null ? "" : $" ({Short(row.Reference)})")}{(row.IsNormal ? "" : $" {DataFlags.TextOf(row.Flag)}")}");
        return string.Create(CultureInfo.InvariantCulture, $"{ChinaTime.Local(minute.Start):HH\\:mm} {unit.Unit.Name}: {string.Join(", ", values)} mg/m3");
    }

    private static string Short(decimal? value) => value?.ToString("0.##", CultureInfo.InvariantCulture) ?? "-";
}
