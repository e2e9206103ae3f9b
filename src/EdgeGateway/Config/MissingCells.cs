using EdgeGateway.Drivers;

namespace EdgeGateway.Config;

/// <summary>
/// Says once what is missing in a device map: a column that a CSV lacks is one fault and not one per row, and a misspelt column was
/// already reported as unknown.
/// </summary>
internal sealed class MissingCells(PointTable table, FaultList faults)
{
    private readonly Dictionary<string, string> _misspelt = new(StringComparer.Ordinal);
    private readonly HashSet<string> _refused = new(StringComparer.Ordinal);

    /// <summary>The unknown column <paramref name="written"/> probably stands for <paramref name="meant"/>.</summary>
    public void Misspelt(string written, string meant) => _misspelt[written] = meant;

    /// <summary>A cell that must be there is not.</summary>
    public void Refuse(PointRow row, SettingFault fault)
    {
        if (row.Cells.ContainsKey(fault.Key)) return; // refused before
        var isCsv = table.HeaderLine > 0;
        if (_misspelt.Any(pair => pair.Value == fault.Key && (isCsv || row.Cells.ContainsKey(pair.Key)))) return;
        if (!isCsv || table.Columns.Any(column => column.Name == fault.Key))
            faults.Add(table.File, row.Line, fault);
        else if (_refused.Add(fault.Key))
            faults.Add(table.File, table.HeaderLine, $"no column {fault.Key}", fault.Expected, $"add the column; {fault.Fix}");
    }
}
