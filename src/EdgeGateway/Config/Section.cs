using System.Collections.Immutable;
using EdgeGateway.Drivers;

namespace EdgeGateway.Config;

/// <summary>
/// A mapping in a plant file, with the file it stands in: hands out its texts as a <see cref="SettingRow"/> and puts lines to complaints.
/// </summary>
internal sealed class Section
{
    private readonly ImmutableArray<ConfigEntry> _entries;
    private readonly FaultList _faults;
    private readonly HashSet<string> _misspelt = new(StringComparer.Ordinal);

    private Section(string file, int line, ImmutableArray<ConfigEntry> entries, FaultList faults)
    {
        File = file;
        Line = line;
        _entries = entries;
        _faults = faults;
    }

    public string File { get; }

    /// <summary>Where the mapping starts.</summary>
    public int Line { get; }

    /// <summary>The entries in their order.</summary>
    public ImmutableArray<ConfigEntry> Entries => _entries;

    /// <summary>The mapping at <paramref name="node"/>; null, and a fault, if it is something else.</summary>
    /// <param name="file">Relative path.</param>
    /// <param name="line">The line to complain about.</param>
    /// <param name="node">What stands there.</param>
    /// <param name="what">What it is, for the fault: <c>broker</c>.</param>
    /// <param name="faults">Takes the complaint.</param>
    public static Section? Of(string file, int line, ConfigNode node, string what, FaultList faults)
    {
        if (node.Entries is { } entries) return new Section(file, line, entries, faults);
        if (!node.IsRefused)
            faults.Add(file, line, node.IsEmpty ? $"nothing as {what}" : $"{node.Kind} as {what}", "a mapping (key: value)",
                "write the keys below it, indented");
        return null;
    }

    /// <summary>The mapping behind <paramref name="key"/>; null if absent or empty, and with a fault if it is something else.</summary>
    public Section? Child(string key) =>
        Find(key) is { Value.IsEmpty: false } entry ? Of(File, entry.Line, entry.Value, key, _faults) : null;

    /// <summary>The entry of a key, or null.</summary>
    public ConfigEntry? Find(string key)
    {
        foreach (var entry in _entries)
            if (entry.Key == key) return entry;
        return null;
    }

    /// <summary>The line of a key, or of the mapping if the key is absent.</summary>
    public int LineOf(string key) => Find(key)?.Line ?? Line;

    /// <summary>Reports every key that is not in <paramref name="known"/>.</summary>
    public void Allow(IReadOnlyList<string> known)
    {
        foreach (var entry in _entries)
            if (!known.Contains(entry.Key) && _faults.AddUnknown(File, entry.Line, entry.Key, known) is { } meant) _misspelt.Add(meant);
    }

    /// <summary>True if the key is there, in whatever condition: as written, misspelt, or holding a list where a text belongs.</summary>
    public bool Mentions(string key) => Find(key) is { Value.IsEmpty: false } || _misspelt.Contains(key);

    /// <summary>Reports that a key is missing, unless it is there and something else about it was reported.</summary>
    public void RefuseMissing(string key, string expected, string fix)
    {
        if (!Mentions(key)) _faults.Add(File, LineOf(key), $"no {key}", expected, fix);
    }

    /// <summary>The texts behind <paramref name="keys"/>; a list or a mapping there is reported and left out.</summary>
    public SettingRow Row(IEnumerable<string> keys) => Row(keys, [], null);

    /// <summary>The same, with the full path for each of <paramref name="files"/>; one that is not there is reported.</summary>
    public SettingRow Row(IEnumerable<string> keys, IReadOnlyList<string> files, SiteFolder? folder)
    {
        var cells = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var key in keys)
        {
            if (Find(key) is not { } entry) continue;
            if (entry.Value.Text is { } text)
            {
                var isFile = files.Contains(key) && text.Length > 0;
                cells[key] = isFile ? folder?.FullPathOf(text) ?? text : text;
                if (isFile && folder?.Has(text) != true)
                    _faults.Add(File, entry.Line, new SettingFault(key, text, "a file that is there (relative paths start in the site folder)", $"correct {key}, or put the file there"));
            }
            else if (!entry.Value.IsRefused)
                _faults.Add(File, entry.Line, $"{entry.Value.Kind} as {key}", "one value", $"write {key}: value on one line");
        }
        return new SettingRow(cells, fault =>
        {
            if (fault.Found == "nothing") RefuseMissing(fault.Key, fault.Expected, fault.Fix);
            else _faults.Add(File, LineOf(fault.Key), fault);
        });
    }

    /// <summary>The text of a key that must be there; null, and a fault, if it is not.</summary>
    public static string? Required(SettingRow row, string key, string expected)
    {
        if (row.Text(key) is { } text) return text;
        row.Refuse(key, "nothing", expected, $"add {key}");
        return null;
    }

    /// <summary>A required name of a site, gateway, line, device or signal.</summary>
    public static string? RequiredName(SettingRow row, string key)
    {
        const string Rule = "a name of 1 to 48 letters A-Z, digits, - or _";
        var name = Required(row, key, Rule);
        if (name is null || SignalId.IsValidPart(name)) return name;
        row.Refuse(key, name, Rule, "rename it; titles and name_zh may hold any text");
        return null;
    }
}
