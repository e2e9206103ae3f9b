using System.Collections.Immutable;
using System.Globalization;
using EdgeGateway.Config;
using EdgeGateway.Config.Model;
using EdgeGateway.Drivers;

namespace EdgeGateway.Precheck.Rules;

/// <summary>Reads the rule packs of a site folder, <c>rules/*.yaml</c>: all of them, or none and every fault.</summary>
internal sealed class RuleReader(SiteFolder folder, FaultList faults)
{
    private const string RulesFolder = "rules";
    private const int LongestName = 100;
    private const int MostPeriods = 1440;

    private static readonly Dictionary<string, UnitKind> Scopes = new() { ["outlet"] = UnitKind.Outlet, ["production"] = UnitKind.Production, ["treatment"] = UnitKind.Treatment };
    private static readonly Dictionary<string, AggregatePeriod> Paces = new() { ["1m"] = AggregatePeriod.Minute, ["1h"] = AggregatePeriod.Hour };
    private static readonly Dictionary<string, Suppression> Suppressions = new() { ["F1"] = Suppression.Calibration, ["F6"] = Suppression.Start, ["F9"] = Suppression.SharedStack };

    private readonly Dictionary<string, string> _names = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The codes of suppressions.</summary>
    public static IReadOnlyCollection<string> SuppressionCodes => Suppressions.Keys;

    /// <summary>Reads every pack of a site folder, or one file.</summary>
    /// <param name="file">Null for the site's own packs.</param>
    public static (ImmutableArray<Rule> Rules, IReadOnlyList<ConfigFault> Faults) Load(string siteFolder, string? file = null)
    {
        var faults = new FaultList();
        var rules = SiteFolder.Open(siteFolder, faults) is { } folder ? new RuleReader(folder, faults).Read(file) : [];
        return (faults.Count == 0 ? rules : [], faults.InOrder());
    }

    private ImmutableArray<Rule> Read(string? file)
    {
        if (file is not null) return [.. ReadPack(Path.GetFullPath(file))];
        // A site may have no rules at all.
        if (!Directory.Exists(Path.Combine(folder.FullPath, RulesFolder))) return [];
        var names = folder.List(RulesFolder);
        foreach (var name in names.Where(name => name.EndsWith(".yml", StringComparison.OrdinalIgnoreCase)))
            faults.Add($"{RulesFolder}/{name}", 0, "a file that would not be read", "files named *.yaml", "rename it to .yaml");
        return [.. names.Where(name => name.EndsWith(".yaml", StringComparison.Ordinal)).SelectMany(name => ReadPack($"{RulesFolder}/{name}")).OrderBy(rule => rule.Name, StringComparer.Ordinal)];
    }

    private List<Rule> ReadPack(string file)
    {
        if (folder.ReadText(file) is not { } text || YamlText.Read(file, text, faults) is not { } root || Section.Of(file, 1, root, "rule pack", faults) is not { } pack) return [];
        pack.Allow(RuleKeys.Pack);
        Section.RequiredName(pack.Row(["pack", "title"]), "pack");
        var rules = pack.Sections("rules", "rule", faults);
        if (rules.Count == 0) pack.RefuseMissing("rules", "a list of rules", "add rules: with one - rule: name below it");
        return [.. rules.Select(ReadRule).OfType<Rule>()];
    }

    private Rule? ReadRule(Section section)
    {
        var before = faults.Count;
        var kindName = section.Find("kind")?.Value.Text;
        var kind = RuleKinds.All.FirstOrDefault(known => known.Name == kindName);
        string[] keys = [.. RuleKeys.Rule, .. kind?.Keys ?? [.. RuleKinds.All.SelectMany(known => known.Keys).Distinct()]];
        section.Allow(keys);
        var row = section.Row(keys.Except(["gate", "all", "each", "suppress"]));
        var name = ReadName(row, section);
        if (Section.Required(row, "kind", KindRule) is not null && kind is null)
            row.Refuse("kind", kindName ?? "", KindRule, NearestName.Of(kindName ?? "", RuleKinds.All.Select(known => known.Name)) is { } nearest ? $"write {nearest}" : "correct kind");
        Section.Required(row, "name-zh", "its Chinese name");
        Section.Required(row, "name-en", "its English name");
        Section.Required(row, "severity", "1 notice, 2 warning, 3 alarm, 4 grave");
        Section.Required(row, "scope", $"one of {string.Join(", ", Scopes.Keys)}");
        var every = row.OneOf("every", AggregatePeriod.Minute, Paces);
        var pace = TimeSpan.FromMilliseconds(every.Length);
        var each = ReadEach(section);
        var rules = new RuleSection(section, row, each, pace, faults);
        var holdOn = ReadHold(row, "hold-on", pace, 1);
        var holdOff = ReadHold(row, "hold-off", pace, holdOn);
        var (version, severity, scope) = (row.Whole("version", 1, 1, 1_000_000), row.Whole("severity", 1, 1, 4), row.OneOf("scope", UnitKind.Outlet, Scopes));
        var (nameZh, nameEn, suppressed) = (ReadText(row, "name-zh"), ReadText(row, "name-en"), ReadSuppressed(section));
        var gate = section.Sections("gate", "predicate", faults).Select(rules.PredicateOf).OfType<Predicate>().ToImmutableArray();
        var condition = kind?.Read(rules);
        // Everything has been read by now, so that all of its faults are told.
        if (faults.Count > before || name is null || kind is null || condition is null) return null;
        return new Rule
        {
            Name = name,
            Version = version,
            Kind = kind.Name,
            NameZh = nameZh,
            NameEn = nameEn,
            Severity = severity,
            Scope = scope,
            Each = each,
            Every = every,
            HoldOn = holdOn,
            HoldOff = holdOff,
            Gate = gate,
            Suppressed = suppressed,
            Condition = condition,
        };
    }

    private static string KindRule => $"one of {string.Join(", ", RuleKinds.All.Select(kind => kind.Name))}";

    private string? ReadName(SettingRow row, Section section)
    {
        if (Section.RequiredName(row, "rule") is not { } name) return null;
        var place = $"{section.File}:{section.LineOf("rule")}";
        if (_names.TryAdd(name, place)) return name;
        faults.Add(section.File, section.LineOf("rule"), $"rule {name} a second time", $"it once (it stands in {_names[name]})", "rename or remove one of the two");
        return null;
    }

    private static string ReadText(SettingRow row, string key)
    {
        var text = row.Text(key) ?? "";
        if (text.Length > LongestName || text.Any(char.IsControl)) row.Refuse(key, text, $"one line of at most {LongestName} characters", $"shorten {key}");
        return text;
    }

    private ImmutableArray<Role> ReadEach(Section section)
    {
        var roles = ImmutableArray.CreateBuilder<Role>();
        foreach (var (name, line) in section.Texts("each", faults))
        {
            if (RoleTable.Find(name) is { } role) roles.Add(role);
            else
                faults.Add(section.File, line, $"role {ConfigFault.Quote(name)}", "a role of docs/configuration.md",
                    !faults.IsFull && NearestName.Of(name, RoleTable.All.Select(known => known.Name)) is { } nearest ? $"write {nearest}" : "correct each");
        }
        return roles.ToImmutable();
    }

    private ImmutableArray<Suppression> ReadSuppressed(Section section)
    {
        var codes = ImmutableArray.CreateBuilder<Suppression>();
        foreach (var (code, line) in section.Texts("suppress", faults))
        {
            if (Suppressions.TryGetValue(code, out var suppression)) codes.Add(suppression);
            else faults.Add(section.File, line, $"suppress {ConfigFault.Quote(code)}", $"one of {string.Join(", ", Suppressions.Keys)}", "correct it; the other codes of the catalogue do not exist yet");
        }
        return codes.ToImmutable();
    }

    private static int ReadHold(SettingRow row, string key, TimeSpan pace, int absent)
    {
        if (row.Text(key) is not { } text) return absent;
        if (DurationText.TryParse(text, out var duration) && duration.Ticks % pace.Ticks == 0 && duration >= pace && duration / pace <= MostPeriods) return (int)(duration / pace);
        row.Refuse(key, text, string.Create(CultureInfo.InvariantCulture, $"a multiple of {DurationText.Format(pace)}, at most {MostPeriods} of them"), $"correct {key}");
        return absent;
    }
}
