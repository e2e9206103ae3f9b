using System.Text;
using EdgeGateway.Drivers;

namespace EdgeGateway.Config.Import;

/// <summary>A variable that is to be in a map.</summary>
/// <param name="Path">Its names from the outermost on, its own last; at least one.</param>
/// <param name="Node">Its node as maps have it.</param>
/// <param name="Unit">Its unit; empty if it has none.</param>
/// <param name="Remark">What stands in the comment above it: its path, type and range.</param>
internal sealed record NodeMapRow(IReadOnlyList<string> Path, string Node, string Unit, string Remark)
{
    /// <summary>Its name for people; empty if it is the last of <see cref="Path"/>.</summary>
    public string Name { get; init; } = "";
}

/// <summary>A device map of a server's variables. Names become such as signals may have, each once, by what is said of the variables alone: the same variables in the same order make the same map.</summary>
internal sealed class NodeMap(string group)
{
    private const string Columns = "signal,name_zh,name_en,group,node,unit";
    private const int LongestUnit = 24;
    private const int LongestName = 100;

    private readonly List<NodeMapRow> _rows = [];

    /// <summary>Points in it.</summary>
    public int Count => _rows.Count;

    /// <summary>False if a map may not have more points.</summary>
    public bool Add(NodeMapRow row)
    {
        if (_rows.Count == PointTable.MaxRows) return false;
        _rows.Add(row);
        return true;
    }

    /// <summary>The map.</summary>
    /// <param name="source">Where the variables are from, for its first line.</param>
    public string ToText(string source)
    {
        var text = new StringBuilder();
        text.Append("# ").Append(Line(source)).Append(". Rename the signals, set groups, and delete what is not needed; then: EdgeGateway check\n").Append(Columns).Append('\n');
        var names = NamesOf();
        for (var at = 0; at < _rows.Count; at++)
        {
            var row = _rows[at];
            var shown = row.Name.Length > 0 ? row.Name : row.Path[^1];
            var isHan = shown.Any(character => character >= '\u2E80');
            text.Append("# ").Append(Line(row.Remark)).Append('\n');
            text.AppendJoin(',', new[] { names[at], isHan ? Cell(shown, LongestName) : "", isHan ? "" : Cell(shown, LongestName), group, Cell(row.Node, int.MaxValue), Cell(row.Unit, LongestUnit) }).Append('\n');
        }
        return text.ToString();
    }

    /// <summary>Its own name where no other variable has it too; else with its parent's in front, and so on; with a number where even that is not enough.</summary>
    private List<string> NamesOf()
    {
        var names = _rows.Select(row => NameOf(row, 1)).ToList();
        var deepest = _rows.Count == 0 ? 0 : _rows.Max(row => row.Path.Count);
        for (var steps = 2; steps <= deepest; steps++)
        {
            var often = names.CountBy(name => name, StringComparer.OrdinalIgnoreCase).Where(pair => pair.Value > 1).Select(pair => pair.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
            if (often.Count == 0) break;
            for (var at = 0; at < names.Count; at++)
                if (often.Contains(names[at])) names[at] = NameOf(_rows[at], steps);
        }
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var at = 0; at < names.Count; at++)
        {
            var name = names[at];
            for (var number = 2; !taken.Add(name); number++) name = WithNumber(names[at], number);
            names[at] = name;
        }
        return names;
    }

    private static string NameOf(NodeMapRow row, int steps)
    {
        var parts = row.Path.TakeLast(steps).Select(Legal).Where(part => part.Length > 0).ToList();
        if (parts.Count == 0 || Legal(row.Path[^1]).Length == 0) parts.Add(OfId(row.Node));
        var name = string.Join('-', parts.Where(part => part.Length > 0));
        // What tells variables apart stands at the end.
        if (name.Length > SignalId.MaxPartLength) name = name[^SignalId.MaxPartLength..].TrimStart('-');
        return name.Length > 0 ? name : "signal";
    }

    // Names in letters that no signal may have: what the node is called within its server.
    private static string OfId(string node)
    {
        var id = node[(node.LastIndexOf(';') + 1)..];
        return Legal(id.StartsWith("s=", StringComparison.Ordinal) ? id[2..] : id.Replace("=", "", StringComparison.Ordinal));
    }

    private static string WithNumber(string name, int number)
    {
        var end = $"-{number}";
        return name[..Math.Min(name.Length, SignalId.MaxPartLength - end.Length)] + end;
    }

    private static string Legal(string text)
    {
        var legal = new StringBuilder();
        foreach (var character in text)
        {
            if (char.IsAsciiLetterOrDigit(character) || character is '_') legal.Append(character);
            else if (legal.Length > 0 && legal[^1] != '-') legal.Append('-');
        }
        return legal.ToString().TrimEnd('-');
    }

    // A cell that is not fit for a map stays empty: it stands in the comment above.
    private static string Cell(string text, int longest)
    {
        if (text.Length > longest || text.Any(char.IsControl)) return "";
        return text.AsSpan().ContainsAny(",;\"#") || text != text.Trim() ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }

    private static string Line(string text) => string.Concat(text.Select(character => char.IsControl(character) ? ' ' : character));
}
