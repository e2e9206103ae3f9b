using System.Collections.Immutable;
using System.Globalization;

namespace EdgeGateway.Config.Model;

/// <summary>Reads which signals a unit has in which roles, and its rated values.</summary>
internal sealed class BindingReader(SignalBook signals, FaultList faults)
{
    /// <summary>The most signals of one role of one unit.</summary>
    public const int MostSignals = 64;

    private static readonly TimeSpan LongestPeriod = TimeSpan.FromMinutes(1);

    private static readonly Dictionary<string, GasState> States = new()
    {
        ["dry-standard"] = GasState.DryStandard,
        ["wet-standard"] = GasState.WetStandard,
        ["dry-actual"] = GasState.DryActual,
        ["wet-actual"] = GasState.WetActual,
    };

    // Of the unit that is being read: two units may have one signal, a shared feeder say.
    private readonly Dictionary<(Role Role, string Signal), int> _taken = [];

    /// <summary>The names of the states of gas.</summary>
    public static IReadOnlyCollection<string> StateNames => States.Keys;

    /// <summary>The state that stands behind a key of a unit; <see cref="GasState.None"/> if it is absent.</summary>
    public static GasState StateOf(Drivers.SettingRow row, string key) => row.OneOf(key, GasState.None, States);

    /// <summary>The signals behind <c>roles</c>.</summary>
    /// <param name="unit">The unit's mapping.</param>
    /// <param name="kind">What it is: decides which roles it can have.</param>
    /// <param name="gas">At which state its gas roles are where they do not say it themselves.</param>
    /// <param name="flow">The same for its flows.</param>
    public ImmutableArray<RoleBinding> Read(Section unit, UnitKind kind, GasState gas, GasState flow)
    {
        if (unit.Child("roles") is not { } roles) return [];
        _taken.Clear();
        var bindings = ImmutableArray.CreateBuilder<RoleBinding>();
        foreach (var entry in roles.Entries)
        {
            if (RoleOf(roles, entry, kind) is not { } role) continue;
            var state = role.Reference switch { RoleReference.Gas => gas, RoleReference.Flow => flow, _ => GasState.None };
            foreach (var (name, line) in Names(roles, entry, role, ref state))
                if (Bind(roles.File, name, line, role, state, unit) is { } binding) bindings.Add(binding);
        }
        return bindings.ToImmutable();
    }

    /// <summary>The values behind <c>rated</c>, by role.</summary>
    public ImmutableSortedDictionary<string, decimal> ReadRated(Section unit, UnitKind kind)
    {
        var rated = ImmutableSortedDictionary.CreateBuilder<string, decimal>(StringComparer.Ordinal);
        if (unit.Child("rated") is not { } section) return rated.ToImmutable();
        foreach (var entry in section.Entries)
        {
            if (RoleOf(section, entry, kind) is not { } role) continue;
            var expected = $"a number above 0 with a unit ({UnitTable.Known(role.Family, role.MolarMass)})";
            if (entry.Value.Text is { } text && Quantity.Parse(text) is { Number: > 0 } quantity && UnitTable.Find(role.Family, quantity.Unit, role.MolarMass) is { } fraction)
                rated[role.Name] = fraction.Convert(quantity.Number);
            else if (!entry.Value.IsRefused)
                faults.Add(section.File, entry.Line, $"rated {role.Name} {(entry.Value.Text is { } found ? ConfigFault.Quote(found) : entry.Value.Kind)}", expected,
                    string.Create(CultureInfo.InvariantCulture, $"write {role.Name}: 100{(role.Unit.Length > 0 ? " " + role.Unit : "")} with the right number"));
        }
        return rated.ToImmutable();
    }

    private Role? RoleOf(Section section, ConfigEntry entry, UnitKind kind)
    {
        if (RoleTable.Find(entry.Key) is { } role && role.Kind == kind) return role;
        var known = RoleTable.NamesOf(kind);
        var nearest = faults.IsFull ? null : NearestName.Of(entry.Key, known);
        faults.Add(section.File, entry.Line, $"role {ConfigFault.Quote(entry.Key)}",
            RoleTable.Find(entry.Key) is { } other ? $"a role of this kind of unit ({RoleTable.PrefixOf(kind)}.…): {other.Name} is of another" : $"one of {string.Join(", ", known)}",
            nearest is null ? "correct the role, or move it to the unit it belongs to" : $"write {nearest}");
        return null;
    }

    /// <summary>The signals of an entry: a name, a list of names, or a mapping with <c>signal</c> and <c>state</c>.</summary>
    private IReadOnlyList<(string Name, int Line)> Names(Section roles, ConfigEntry entry, Role role, ref GasState state)
    {
        if (entry.Value.IsEmpty || entry.Value.IsRefused) return [];
        IReadOnlyList<(string Name, int Line)> names;
        if (entry.Value.Entries is not null)
        {
            if (Section.Of(roles.File, entry.Line, entry.Value, role.Name, faults) is not { } section) return [];
            section.Allow(ConfigKeys.PlantBinding);
            var row = section.Row(["state"]);
            if (row.Text("state") is { } text && role.Reference == RoleReference.None)
                row.Refuse("state", text, $"no state: {role.Name} does not depend on the state of the gas", "remove state");
            else if (row.Text("state") is not null) state = StateOf(row, "state");
            names = section.Texts("signal", faults);
            if (names.Count == 0) section.RefuseMissing("signal", "the signal, as device.signal", "add signal");
        }
        else names = roles.Texts(entry.Key, faults);
        var most = role.IsMany ? MostSignals : 1;
        if (names.Count <= most) return names;
        faults.Add(roles.File, entry.Line, $"{names.Count} signals as {role.Name}", role.IsMany ? $"at most {MostSignals}" : "one: a unit has this role once", "remove the others, or describe several units");
        return [];
    }

    private RoleBinding? Bind(string file, string name, int line, Role role, GasState state, Section unit)
    {
        if (!_taken.TryAdd((role, name), line))
        {
            faults.Add(file, line, $"signal {ConfigFault.Quote(name)} as {role.Name} a second time", $"it once (it stands on line {_taken[(role, name)]})", "correct one of the two");
            return null;
        }
        CheckState(file, line, role, state, unit);
        if (signals.Find(name) is not { } found)
        {
            if (signals.IsWhole)
                faults.Add(file, line, $"signal {ConfigFault.Quote(name)}", "a signal of the lines, as device.signal",
                    !faults.IsFull && signals.Nearest(name) is { } nearest ? $"write {nearest}" : "correct it, or add it to its device's map");
            return null;
        }
        var (signal, period) = found;
        if (signal.States is not null)
        {
            faults.Add(file, line, $"signal {name}, a state in words", "a number", "take the signal that it qualifies: states are found through its map");
            return null;
        }
        if (signal.FactorCode is { } factor && role.FactorCode.Length > 0 && factor != role.FactorCode)
            faults.Add(file, line, $"signal {name} of factor {factor} as {role.Name}", $"a signal of factor {role.FactorCode} ({role.NameEn})", "correct the role, or the factor in the map");
        if (period > LongestPeriod)
            faults.Add(file, line, $"signal {name}, read every {Drivers.DurationText.Format(period)}", "a signal that is read once a minute at least, so that each minute has a value", "take a shorter period for its group");
        if (UnitTable.Find(role.Family, signal.Unit, role.MolarMass) is { } conversion) return new RoleBinding(role, signal.Id, conversion, state, period);
        faults.Add(file, line, $"signal {name} in {ConfigFault.Quote(signal.Unit)} as {role.Name}", $"a unit of {role.Family}: {UnitTable.Known(role.Family, role.MolarMass)}", "correct the unit in the map, or the role");
        return null;
    }

    private void CheckState(string file, int line, Role role, GasState state, Section unit)
    {
        if (role.Reference == RoleReference.None || state != GasState.None) return;
        var key = role.Reference == RoleReference.Gas ? "gas-state" : "flow-state";
        // A value of it that was refused has been reported there.
        if (unit.Mentions(key)) return;
        faults.Add(file, line, $"{role.Name} without a state", $"one of {string.Join(", ", States.Keys)}: whether the value is of dry or wet gas, at standard state or as it flows",
            $"add {key} to the outlet, or state to the role");
    }
}
