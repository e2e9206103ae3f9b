using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using EdgeGateway.Drivers;

namespace EdgeGateway.Config;

/// <summary>Reads device maps, each once per protocol however many devices use it.</summary>
internal sealed partial class MapReader(SiteFolder folder, FaultList faults)
{
    /// <summary>What the name of a signal made from a status word ends in.</summary>
    public const string StateSuffix = "-state";

    /// <summary>What the name of a signal with the raw bytes of another one ends in.</summary>
    public const string RawSuffix = "-raw";

    private const int MaxStatus = 8;
    private const int LongestUnit = 24;
    private const int LongestName = 100;
    private const int LongestRole = 64;

    /// <summary>
    /// How many points further in asking order an overlap is looked for. A text covers at most 120 registers, so conflicts stand
    /// close together; without this limit a map of 20,000 points would take 200 million comparisons.
    /// </summary>
    private const int OverlapReach = 256;

    private static readonly Dictionary<string, bool> Evidence = new() { ["raw"] = true, ["none"] = false };

    private readonly Dictionary<string, PointTable?> _tables = new(StringComparer.Ordinal);
    private readonly Dictionary<(string File, string Protocol), DeviceMap?> _maps = [];

    /// <summary>The map; null if nothing of it can be used.</summary>
    public DeviceMap? Read(string file, DriverType protocol)
    {
        if (_maps.TryGetValue((file, protocol.Name), out var map)) return map;
        if (!_tables.TryGetValue(file, out var table)) _tables[file] = table = PointTable.Read(folder, file, faults);
        var first = faults.Count;
        map = table is null ? null : ReadTable(table, protocol);
        if (_maps.Keys.Any(read => read.File == file)) faults.ForgetRepeated(first);
        return _maps[(file, protocol.Name)] = map;
    }

    private DeviceMap? ReadTable(PointTable table, DriverType protocol)
    {
        string[] known = [.. ConfigKeys.Point, .. protocol.PointColumns];
        if (table is { HeaderLine: > 0, Columns.Count: 1 })
        {
            faults.Add(table.File, table.HeaderLine, $"one column only, {ConfigFault.Quote(table.Columns[0].Name)}",
                $"several of {string.Join(", ", known)}", "separate the columns with commas, semicolons or tabs");
            return null;
        }
        var missing = new MissingCells(table, faults);
        foreach (var (name, line) in table.Columns)
            if (!known.Contains(name) && faults.AddUnknown(table.File, line, name, known) is { } meant) missing.Misspelt(name, meant);
        if (table.Rows.Count == 0)
            faults.Add(table.File, table.HeaderLine, "no points", "at least one", "fill in the map");
        var points = table.Rows.SelectMany(row => ReadPoint(table.File, row, protocol, missing)).ToList();
        CheckOnce(table.File, points, "signal", point => point.Name);
        CheckOnce(table.File, points, "role", point => point.Meaning.Role);
        CheckOverlaps(table.File, points, protocol);
        CheckCrowds(table.File, points, protocol);
        return new DeviceMap(table.File, points, table is { IsComplete: true, Rows.Count: > 0 });
    }

    /// <summary>The point of a row, and the signals that the map makes of the same place: its state as text, its raw bytes.</summary>
    private IEnumerable<MapPoint> ReadPoint(string file, PointRow points, DriverType protocol, MissingCells missing)
    {
        var row = RowOf(file, points, ConfigKeys.Point, missing);
        var name = ReadName(row, "signal");
        var group = ReadName(row, "group");
        var meaning = ReadMeaning(row);
        var states = StateMap.Read(row, "states");
        var stateName = states is null ? null : ReadMadeName(row, "states", name, StateSuffix);
        var rawName = row.OneOf("evidence", false, Evidence) ? ReadMadeName(row, "evidence", name, RawSuffix) : null;
        var status = ReadStatus(row);
        // A point whose name is wrong is read all the same, under a name nobody sees, so that its other faults show.
        var point = protocol.ReadPoint(name ?? "unnamed", RowOf(file, points, protocol.PointColumns, missing));
        yield return new MapPoint(points.Line, name, group, point, meaning) { Status = status };
        if (point is null) yield break;
        // Both are read from the point's own place, so that they come from the same answer as the point.
        if (states is not null && stateName is not null)
        {
            states.CheckBits(row, "states", protocol.Bits(point));
            if (protocol.Codes(point) is { } codes) states.CheckCodes(row, "states", codes);
            var same = new SettingRow(points.Cells.Where(cell => protocol.PointColumns.Contains(cell.Key)).ToDictionary(cell => cell.Key, cell => cell.Value.Text), _ => { });
            yield return new MapPoint(points.Line, stateName, group, protocol.ReadPoint(stateName, same), Made(meaning) with { States = states });
        }
        if (rawName is null) yield break;
        var raw = protocol.Evidence(point, rawName);
        if (raw is null)
            row.Refuse("evidence", "raw", $"nothing here: {protocol.Name} has no raw form of this point, or the value is one already", "empty evidence");
        yield return new MapPoint(points.Line, rawName, group, raw, Made(meaning));
    }

    /// <summary>Reports what a map would refuse in the columns that belong to no protocol.</summary>
    public static void CheckMeaning(SettingRow row)
    {
        ReadName(row, "signal");
        ReadName(row, "group");
        ReadMeaning(row);
    }

    private static Signal Made(Signal from) =>
        new() { Id = default, Scaling = Scaling.None, Unit = "", NameZh = from.NameZh, NameEn = from.NameEn };

    private static string? ReadMadeName(SettingRow row, string key, string? name, string suffix)
    {
        if (name is null) return null;
        if (SignalId.IsValidPart(name + suffix)) return name + suffix;
        row.Refuse(key, row.Text(key) ?? "", $"a signal name of at most {SignalId.MaxPartLength - suffix.Length} characters, because {key} makes a signal named {name}{suffix}", "shorten the name");
        return null;
    }

    private static ImmutableArray<string> ReadStatus(SettingRow row)
    {
        var names = (row.Text("status") ?? "").Split([' ', '|', '\t'], StringSplitOptions.RemoveEmptyEntries);
        foreach (var name in names)
            if (!name.Split('.').All(part => SignalId.IsValidPart(part)) || name.Count(c => c == '.') > 1)
            {
                row.Refuse("status", name, "the name of a signal with states, or device.signal for one of another device", "correct status");
                return [];
            }
        if (names.Length <= MaxStatus) return [.. names];
        row.Refuse("status", $"{names.Length} signals", $"at most {MaxStatus}, the one that decides first", "join them in one status word");
        return [];
    }

    private SettingRow RowOf(string file, PointRow row, IEnumerable<string> columns, MissingCells missing)
    {
        var cells = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var column in columns)
            if (row.Cells.TryGetValue(column, out var cell)) cells[column] = cell.Text;
        return new SettingRow(cells, fault =>
        {
            if (fault.Found == "nothing") missing.Refuse(row, fault);
            else faults.Add(file, row.Cells.TryGetValue(fault.Key, out var cell) ? cell.Line : row.Line, fault);
        });
    }

    private static string? ReadName(SettingRow row, string key)
    {
        const string Rule = "a name of 1 to 48 letters A-Z, digits, - or _";
        var name = row.Text(key);
        if (name is not null && SignalId.IsValidPart(name)) return name;
        row.Refuse(key, name ?? "nothing", Rule, name is null ? $"fill in {key}" : "rename it; name_zh may hold any text");
        return null;
    }

    private static Signal ReadMeaning(SettingRow row)
    {
        var min = ReadBound(row, "min", double.NegativeInfinity);
        var max = ReadBound(row, "max", double.PositiveInfinity);
        if (min > max) row.Refuse("min", row.Text("min") ?? "", $"at most max, which is {row.Text("max")}", "correct min or max");
        return new Signal
        {
            Id = default,
            Scaling = ReadScaling(row),
            Unit = ReadText(row, "unit", LongestUnit),
            FactorCode = ReadPattern(row, "factor", FactorPattern(), "an HJ 212 code: a letter and five letters or digits, such as a21026"),
            Role = ReadPattern(row, "role", RolePattern(),
                $"letters, digits, -, _ and dots, such as outlet.so2, at most {LongestRole} characters"),
            NameZh = ReadText(row, "name_zh", LongestName),
            NameEn = ReadText(row, "name_en", LongestName),
            Min = min,
            Max = max,
        };
    }

    private static Scaling ReadScaling(SettingRow row)
    {
        if (row.Text("span") is { } text)
        {
            if (row.Text("scale") is not null || row.Text("offset") is not null)
                row.Refuse("span", text, "either span, or scale and offset", "empty one of them");
            else if (TwoPointSpan.Parse(text) is { } span) return new Scaling(span);
            else row.Refuse("span", text, "raw and engineering ends that differ, such as 5530..27648 -> 0..750, as decimal numbers below 1000000000", "correct span");
        }
        var factor = ReadDecimal(row, "scale", 1m);
        var offset = ReadDecimal(row, "offset", 0m);
        if (factor == 0m) row.Refuse("scale", row.Text("scale") ?? "", "a factor that is not 0", "correct scale");
        return new Scaling(factor, offset);
    }

    private static decimal ReadDecimal(SettingRow row, string key, decimal absent)
    {
        if (row.Text(key) is not { } text) return absent;
        if (TryDecimal(text, out var number) && Scaling.Accepts(number)) return number;
        row.Refuse(key, text, $"a decimal number with a point, at most {Scaling.MaxDecimals} decimals and below 1000000000",
            FixForDecimal(key, text));
        return absent;
    }

    private static double ReadBound(SettingRow row, string key, double absent)
    {
        if (row.Text(key) is not { } text) return absent;
        if (TryDecimal(text, out var number)) return (double)number;
        row.Refuse(key, text, "a decimal number with a point", FixForDecimal(key, text));
        return absent;
    }

    private static string FixForDecimal(string key, string text) =>
        text.Contains(',') ? "write a point instead of the comma" : $"correct {key}";

    private static bool TryDecimal(string text, out decimal number) =>
        decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);

    private static string ReadText(SettingRow row, string key, int longest)
    {
        var text = row.Text(key) ?? "";
        if (text.Length <= longest && !text.Any(char.IsControl)) return text;
        row.Refuse(key, text, $"one line of at most {longest} characters", $"shorten {key}");
        return "";
    }

    private static string? ReadPattern(SettingRow row, string key, Regex pattern, string expected)
    {
        var text = row.Text(key);
        if (text is null || pattern.IsMatch(text)) return text;
        row.Refuse(key, text, expected, $"correct {key}, or leave it empty");
        return null;
    }

    private void CheckOnce(string file, List<MapPoint> points, string key, Func<MapPoint, string?> textOf)
    {
        var lines = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        foreach (var point in points)
        {
            if (textOf(point) is { } text && !lines.TryAdd(text, point.Line))
                faults.Add(file, point.Line, $"{key} {ConfigFault.Quote(text)} a second time",
                    $"it once (it stands on line {lines[text]}; capitals do not count)", "rename or remove one of the two");
        }
    }

    private void CheckOverlaps(string file, List<MapPoint> points, DriverType protocol)
    {
        var inOrder = points
            .Where(point => point.Point is not null)
            .OrderBy(point => point.Point!, Comparer<DevicePoint>.Create(protocol.Compare)) // not null: filtered
            .ToArray();
        var refused = new HashSet<int>();
        for (var i = 0; i < inOrder.Length; i++)
        {
            for (var j = i + 1; j < inOrder.Length && j <= i + OverlapReach; j++)
            {
                if (!protocol.Overlap(inOrder[i].Point!, inOrder[j].Point!)) continue; // not null: filtered
                var (first, second) = inOrder[i].Line <= inOrder[j].Line ? (inOrder[i], inOrder[j]) : (inOrder[j], inOrder[i]);
                if (refused.Add(second.Line))
                    faults.Add(file, second.Line,
                        $"{second.Name ?? "a point"} in the place of {first.Name ?? "another"} (line {first.Line})",
                        "points that do not overlap", "correct address, type or order of one of them");
            }
        }
    }

    /// <summary>Signals of one place come from one answer, and an answer has bounds.</summary>
    private void CheckCrowds(string file, List<MapPoint> points, DriverType protocol)
    {
        if (points.Count <= PollGroup.MaxPoints) return;
        var inOrder = points
            .Where(point => point.Point is not null)
            .OrderBy(point => point.Point!, Comparer<DevicePoint>.Create(protocol.Compare)) // not null: filtered
            .ToArray();
        for (var (i, first) = (1, 0); i < inOrder.Length; i++)
        {
            var isNear = Enumerable.Range(Math.Max(first, i - OverlapReach), i - Math.Max(first, i - OverlapReach))
                .Any(j => protocol.Share(inOrder[j].Point!, inOrder[i].Point!)); // not null: filtered
            if (!isNear) first = i;
            else if (i - first >= PollGroup.MaxPoints)
            {
                faults.Add(file, inOrder[i].Line, $"more than {PollGroup.MaxPoints} signals in one place", $"at most {PollGroup.MaxPoints}, because they come from one answer", "remove some");
                return;
            }
        }
    }

    [GeneratedRegex(@"^[a-zA-Z][0-9A-Za-z]{5}\z", RegexOptions.CultureInvariant)]
    private static partial Regex FactorPattern();

    [GeneratedRegex(@"^(?=.{1,64}\z)[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex RolePattern();
}
