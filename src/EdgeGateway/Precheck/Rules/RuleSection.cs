using System.Collections.Immutable;
using EdgeGateway.Config;
using EdgeGateway.Config.Model;
using EdgeGateway.Drivers;

namespace EdgeGateway.Precheck.Rules;

/// <summary>A mapping in a rule pack, with what kinds ask of it again and again.</summary>
internal sealed class RuleSection(Section section, SettingRow row, ImmutableArray<Role> each, TimeSpan every, FaultList faults)
{
    /// <summary>How far back rules can look: what is kept of a series.</summary>
    public static readonly TimeSpan KeptHistory = TimeSpan.FromHours(24);

    private static readonly Dictionary<string, Take> Takes = new() { ["mean"] = Take.Mean, ["min"] = Take.Min, ["max"] = Take.Max, ["dry"] = Take.Dry, ["ref"] = Take.Reference };
    private static readonly Dictionary<string, WindowFigure> Figures = new() { ["mean"] = WindowFigure.Mean, ["min"] = WindowFigure.Min, ["max"] = WindowFigure.Max };

    public Section Section => section;

    public SettingRow Row => row;

    /// <summary>A part of the same rule.</summary>
    public RuleSection Part(Section part, IEnumerable<string> keys) => new(part, part.Row(keys), each, every, faults);

    /// <summary>The parts behind a key.</summary>
    public IReadOnlyList<Section> Parts(string key, string what) => section.Sections(key, what, faults);

    /// <summary>The role behind a key, which must be there: its name, or <c>each</c>; null, and a fault, if it is none.</summary>
    public string? RoleOf(string key)
    {
        var name = Section.Required(row, key, "a role, or each");
        if (name is null || RoleTable.Find(name) is not null) return name;
        if (name == RuleKeys.Each && !each.IsEmpty) return name;
        row.Refuse(key, name, name == RuleKeys.Each ? "a list of roles as each at the rule" : "a role of docs/configuration.md, or each",
            name == RuleKeys.Each ? "add each: [outlet.so2, outlet.nox] to the rule" : NearestName.Of(name, RoleTable.All.Select(role => role.Name)) is { } nearest ? $"write {nearest}" : $"correct {key}");
        return null;
    }

    /// <summary>The roles that a name stands for.</summary>
    public IReadOnlyCollection<Role> RolesOf(string name) => name == RuleKeys.Each ? each : RoleTable.Find(name) is { } role ? [role] : [];

    public Take TakeOf(string? role)
    {
        var take = row.OneOf("take", Take.Mean, Takes);
        if (role is not null && take is Take.Dry or Take.Reference && RolesOf(role!).FirstOrDefault(known => !known.IsPollutant) is { } wrong) // not null: asked first
            row.Refuse("take", row.Text("take") ?? "", $"mean, min or max: {wrong.Name} is no pollutant, and is not converted", "correct take or of");
        return take;
    }

    public WindowFigure FigureOf(string key) => row.OneOf(key, WindowFigure.Mean, Figures);

    /// <summary>How many periods of the rule's pace the duration behind a key spans.</summary>
    public int Periods(string key, TimeSpan absent)
    {
        if (row.Text(key) is not { } text) return Math.Max(1, (int)(absent / every));
        if (DurationText.TryParse(text, out var duration) && duration >= every && duration.Ticks % every.Ticks == 0)
        {
            if (duration <= KeptHistory) return (int)(duration / every);
            row.Refuse(key, text, $"at most {DurationText.Format(KeptHistory)}: what is older is not kept for rules", $"shorten {key}");
            return 1;
        }
        row.Refuse(key, text, $"a multiple of {DurationText.Format(every)}, such as {DurationText.Format(every * 15)}", $"correct {key}");
        return 1;
    }

    /// <summary>A positive number without a unit.</summary>
    public decimal? Number(string key, decimal? absent)
    {
        if (row.Text(key) is not { } text) return absent;
        if (Quantity.Parse(text) is { Number: >= 0, Unit: "" } number) return number.Number;
        row.Refuse(key, text, "a number from 0 up, without a unit", $"correct {key}");
        return absent;
    }

    /// <summary>The threshold behind a key, which must be there.</summary>
    public Threshold? Required(string key, string? role, Take take)
    {
        if (Section.Required(row, key, "a number with its unit, limit, or a share of limit or rated") is null || role is null) return null;
        return Threshold.Read(row, key, RolesOf(role), take);
    }

    /// <summary>A predicate of its own mapping.</summary>
    public Predicate? PredicateOf(Section part)
    {
        part.Allow(RuleKeys.Predicate);
        return Predicate.Read(Part(part, RuleKeys.Predicate));
    }
}
