using System.Collections.Immutable;
using System.Globalization;
using EdgeGateway.Drivers;

namespace EdgeGateway.Config.Model;

/// <summary>Reads the limits of an outlet.</summary>
internal sealed class LimitReader(FaultList faults)
{
    private const string DateRule = "a day such as 2026-03-01, in UTC+8";
    private const int LongestLaw = 200;

    private static readonly Dictionary<string, LimitBasis> Bases = new() { ["reference"] = LimitBasis.Reference, ["dry"] = LimitBasis.Dry, ["mass"] = LimitBasis.Mass };
    private static readonly Dictionary<string, LimitPeriod> Periods = new() { ["1h"] = LimitPeriod.Hour, ["1d"] = LimitPeriod.Day };

    /// <summary>Every limit that could be read.</summary>
    /// <param name="outlet">The outlet's mapping.</param>
    /// <param name="bindings">Its signals: a limit is about one of them.</param>
    public ImmutableArray<PermittedLimit> Read(Section outlet, ImmutableArray<RoleBinding> bindings)
    {
        var limits = ImmutableArray.CreateBuilder<PermittedLimit>();
        var first = new Dictionary<(string, int), int>();
        foreach (var section in outlet.Sections("limits", "limit", faults))
        {
            if (ReadLimit(section, outlet, bindings) is not { } limit) continue;
            if (!first.TryAdd((limit.Name, limit.Version), section.Line))
                faults.Add(section.File, section.Line, $"limit {limit.Name} version {limit.Version} a second time", $"it once (it stands on line {first[(limit.Name, limit.Version)]})", "count version up, or rename one of the two");
            else limits.Add(limit);
        }
        CheckVersions(outlet, limits);
        return limits.ToImmutable();
    }

    private PermittedLimit? ReadLimit(Section section, Section outlet, ImmutableArray<RoleBinding> bindings)
    {
        var before = faults.Count;
        section.Allow(ConfigKeys.PlantLimit);
        var row = section.Row(ConfigKeys.PlantLimit);
        var name = Section.RequiredName(row, "limit");
        var role = ReadRole(row, outlet, bindings);
        var basis = RequiredOneOf(row, "basis", Bases);
        var over = RequiredOneOf(row, "over", Periods);
        var value = ReadValue(row, role, basis);
        var from = Section.Required(row, "from", DateRule) is null ? default : ReadDate(row, "from") ?? default;
        var until = ReadDate(row, "until");
        if (until < from) row.Refuse("until", row.Text("until") ?? "", $"from ({row.Text("from")}) or later", "correct from or until");
        var daily = ReadDaily(row, over);
        if (basis == LimitBasis.Reference && !outlet.Mentions("reference-o2"))
            faults.Add(section.File, section.LineOf("basis"), "a limit at reference oxygen", "reference-o2 at the outlet: without it nothing is converted", "add reference-o2 to the outlet, or take basis: dry");
        var law = Section.Required(row, "law", "what the limit rests on: a permit or a standard") ?? "";
        if (law.Length > LongestLaw || law.Any(char.IsControl)) row.Refuse("law", law, $"one line of at most {LongestLaw} characters", "shorten law");
        var version = row.Whole("version", 1, 1, 1_000_000);
        if (faults.Count > before || name is null || role is null || basis is null || over is null || value is null) return null;
        return new PermittedLimit
        {
            Name = name,
            Version = version,
            Role = role.Name,
            Basis = basis.Value,
            Over = over.Value,
            Value = value.Value,
            From = from,
            Until = until,
            Daily = daily,
            Law = law,
        };
    }

    private static Role? ReadRole(SettingRow row, Section outlet, ImmutableArray<RoleBinding> bindings)
    {
        const string Expected = "the role of a pollutant that the outlet measures";
        if (Section.Required(row, "of", Expected) is not { } name) return null;
        if (RoleTable.Find(name) is not { IsPollutant: true } role)
        {
            row.Refuse("of", name, $"one of {string.Join(", ", RoleTable.All.Where(role => role.IsPollutant).Select(role => role.Name))}", "correct of");
            return null;
        }
        // A role whose signal was refused has been reported there.
        if (bindings.Any(binding => binding.Role == role) || outlet.Child("roles")?.Mentions(name) == true) return role;
        row.Refuse("of", name, Expected, $"bind {name} to a signal, or remove the limit");
        return null;
    }

    private static decimal? ReadValue(SettingRow row, Role? role, LimitBasis? basis)
    {
        var expected = basis == LimitBasis.Mass ? "a mass such as 12.5 kg" : "a concentration such as 35 mg/m3";
        if (Section.Required(row, "value", expected) is not { } text || role is null || basis is null) return null;
        var family = basis == LimitBasis.Mass ? "mass" : role.Family;
        if (Quantity.Parse(text) is { Number: > 0 } quantity && UnitTable.Find(family, quantity.Unit, role.MolarMass) is { } fraction) return fraction.Convert(quantity.Number);
        row.Refuse("value", text, $"{expected}, above 0, in one of {UnitTable.Known(family, basis == LimitBasis.Mass ? null : role.MolarMass)}", "correct value");
        return null;
    }

    private static DayWindow? ReadDaily(SettingRow row, LimitPeriod? over)
    {
        if (row.Text("daily") is not { } text) return null;
        if (over == LimitPeriod.Day) row.Refuse("daily", text, "no daily at a limit over 1d, which is of the whole day", "remove daily, or take over: 1h");
        else if (DayWindow.Parse(text) is { } window) return window;
        else row.Refuse("daily", text, "whole hours of UTC+8 such as 22:00-08:00", "correct daily");
        return null;
    }

    private static DateOnly? ReadDate(SettingRow row, string key)
    {
        if (row.Text(key) is not { } text) return null;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)) return date;
        row.Refuse(key, text, DateRule, $"correct {key}");
        return null;
    }

    private static T? RequiredOneOf<T>(SettingRow row, string key, Dictionary<string, T> choices)
        where T : struct
    {
        if (Section.Required(row, key, $"one of {string.Join(", ", choices.Keys)}") is not { } text) return null;
        return choices.ContainsKey(text.ToLowerInvariant()) ? row.OneOf(key, default(T), choices) : Refused(row, key, choices);
    }

    private static T? Refused<T>(SettingRow row, string key, Dictionary<string, T> choices)
        where T : struct
    {
        row.OneOf(key, default, choices);
        return null;
    }

    /// <summary>A higher version that began earlier than a lower one would never let that one hold.</summary>
    private void CheckVersions(Section outlet, IEnumerable<PermittedLimit> limits)
    {
        foreach (var versions in limits.GroupBy(limit => limit.Name))
        {
            var inOrder = versions.OrderBy(limit => limit.Version).ToList();
            foreach (var (lower, higher) in inOrder.Zip(inOrder.Skip(1)))
            {
                if ((lower.Role, lower.Basis, lower.Over) != (higher.Role, higher.Basis, higher.Over))
                    faults.Add(outlet.File, outlet.LineOf("limits"), $"limit {higher.Name} version {higher.Version} of another of, basis or over than version {lower.Version}", "versions of one and the same limit", "give it a name of its own");
                else if (higher.From < lower.From)
                    faults.Add(outlet.File, outlet.LineOf("limits"), $"limit {higher.Name} version {higher.Version} from {higher.From:yyyy-MM-dd}, before version {lower.Version}", $"{lower.From:yyyy-MM-dd} or later", "correct from, or count the versions the other way round");
            }
        }
    }
}
