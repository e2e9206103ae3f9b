namespace EdgeGateway.Config.Model;

/// <summary>The units that quantities may be given in, by family. Which they are stands in units.csv.</summary>
internal static class UnitTable
{
    // A mole of gas at 273 K and 101,325 Pa takes 22.4 L (HJ 212-2017 App. D, formula 20).
    private const decimal LitresPerMole = 22.4m;

    private static readonly List<(string Family, string Unit, UnitFraction Fraction)> Rows =
        [.. BuiltInTable.Rows("model/units").Select(row => (row[0], row[1], UnitFraction.Parse(row[2], row[3])))];

    /// <summary>The unit that roles of a family are kept in.</summary>
    public static string BaseOf(string family) => Rows.First(row => row.Family == family).Unit;

    /// <summary>Every family.</summary>
    public static IEnumerable<string> Families => Rows.Select(row => row.Family).Distinct();

    /// <summary>From a unit to the family's own; null if the family does not have it.</summary>
    /// <param name="family">Of units.csv.</param>
    /// <param name="unit">As printed.</param>
    /// <param name="molarMass">g/mol of the gas, so that a concentration can be given in ppm; null for what is no single gas.</param>
    public static UnitFraction? Find(string family, string unit, decimal? molarMass)
    {
        if (family == "concentration" && molarMass is { } molar && unit is "ppm") return new UnitFraction(molar, LitresPerMole, 0m) { IsOfShare = true };
        foreach (var row in Rows)
            if (row.Family == family && row.Unit == unit) return row.Fraction;
        return null;
    }

    /// <summary>The units of a family, for people.</summary>
    public static string Known(string family, decimal? molarMass) =>
        string.Join(", ", Rows.Where(row => row.Family == family).Select(row => row.Unit.Length == 0 ? "none" : row.Unit).Concat(family == "concentration" && molarMass is not null ? ["ppm"] : []));
}
