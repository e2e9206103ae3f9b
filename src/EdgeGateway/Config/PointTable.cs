namespace EdgeGateway.Config;

/// <summary>
/// A cell of a device map: its text, trimmed, and its line. An empty text is one that was refused; empty cells are left out of their row.
/// </summary>
internal readonly record struct PointCell(string Text, int Line);

/// <summary>One row of a device map.</summary>
/// <param name="Line">Line in the file.</param>
/// <param name="Cells">Lower-case column to cell.</param>
internal sealed record PointRow(int Line, IReadOnlyDictionary<string, PointCell> Cells);

/// <summary>A device map as a table, whether it was written as CSV or as YAML.</summary>
/// <param name="File">Path relative to the site folder.</param>
/// <param name="HeaderLine">The line of a CSV header; 0 for YAML, which has none.</param>
/// <param name="Columns">Every column, or key, that was written, with its line.</param>
/// <param name="Rows">In file order.</param>
/// <param name="IsComplete">False if a row was refused as a whole.</param>
internal sealed record PointTable(
    string File, int HeaderLine, IReadOnlyList<(string Name, int Line)> Columns, IReadOnlyList<PointRow> Rows, bool IsComplete)
{
    /// <summary>The most signals of one device.</summary>
    public const int MaxRows = 20_000;

    /// <summary>Reads a map by its ending; null, and a fault, if nothing of it can be used.</summary>
    public static PointTable? Read(SiteFolder folder, string file, FaultList faults)
    {
        if (folder.ReadText(file) is not { } text) return null;
        return file.EndsWith(".csv", StringComparison.OrdinalIgnoreCase)
            ? CsvPoints.Read(file, text, faults)
            : YamlPoints.Read(file, text, faults);
    }

    /// <summary>Reports that the table has a row too many.</summary>
    public static void RefuseMore(string file, int line, FaultList faults) =>
        faults.Add(file, line, $"more than {MaxRows} points", $"at most {MaxRows} signals per device", "split the device");
}
