namespace EdgeGateway.Config;

/// <summary>A device map in YAML: <c>points:</c>, a list of mappings with the columns as keys.</summary>
internal static class YamlPoints
{
    public static PointTable? Read(string file, string text, FaultList faults)
    {
        if (YamlText.Read(file, text, faults) is not { } root) return null;
        if (Section.Of(file, 1, root, "device map", faults) is not { } section) return null;
        section.Allow(ConfigKeys.Map);
        if (section.Find("points") is not { Value.IsEmpty: false } points)
        {
            section.RefuseMissing("points", "a list of points", "add points: with one - signal: name below it");
            return null;
        }
        if (points.Value.Items is not { } items)
        {
            if (!points.Value.IsRefused)
                faults.Add(file, points.Line, $"{points.Value.Kind} as points", "a list", "put - before the first key of each point");
            return null;
        }
        var columns = new List<(string, int)>();
        var rows = new List<PointRow>();
        foreach (var item in items)
        {
            if (rows.Count == PointTable.MaxRows)
            {
                PointTable.RefuseMore(file, item.Line, faults);
                break;
            }
            if (Section.Of(file, item.Line, item, "point", faults) is not { } point) continue;
            columns.AddRange(point.Entries.Select(entry => (entry.Key, entry.Line)));
            rows.Add(ReadPoint(file, point, faults));
        }
        return new PointTable(file, 0, columns, rows, IsComplete: rows.Count == items.Length);
    }

    private static PointRow ReadPoint(string file, Section point, FaultList faults)
    {
        var cells = new Dictionary<string, PointCell>(StringComparer.Ordinal);
        foreach (var entry in point.Entries)
        {
            if (entry.Value.Text is { Length: > 0 } text) cells[entry.Key] = new PointCell(text, entry.Line);
            else if (entry.Value.Text is null) Refuse(entry);
        }
        return new PointRow(point.Line, cells);

        void Refuse(ConfigEntry entry)
        {
            cells[entry.Key] = new PointCell("", entry.Line);
            if (!entry.Value.IsRefused)
                faults.Add(file, entry.Line, $"{entry.Value.Kind} as {entry.Key}", "one value", $"write {entry.Key}: value on one line");
        }
    }
}
