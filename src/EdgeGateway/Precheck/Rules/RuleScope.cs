using System.Collections.Immutable;
using EdgeGateway.Config.Model;

namespace EdgeGateway.Precheck.Rules;

/// <summary>Where a rule runs: a unit, with the units up- and downstream of it whose roles it may need too, and the role it is about where it is one of several.</summary>
internal sealed class RuleScope(AggregateBook book, PlantModel model, PlantUnit unit, string? each)
{
    public PlantUnit Unit => unit;

    /// <summary>The role that stands for <c>each</c>; null for a rule that is about one role.</summary>
    public string? Each => each;

    /// <summary>The outlet, if the unit is one.</summary>
    public Outlet? Outlet => model.Outlets.FirstOrDefault(outlet => outlet.Unit == unit);

    /// <summary>True if other outlets leave through the same stack.</summary>
    public bool SharesStack => Outlet is { } outlet && model.SharingStackWith(outlet).Any();

    /// <summary>For people: <c>DA001 outlet.so2</c>.</summary>
    public string Name => each is null ? unit.Name : $"{unit.Name} {each}";

    /// <summary>The name of the role that <paramref name="role"/> stands for here.</summary>
    public string RoleOf(string role) => role == RuleKeys.Each ? each ?? role : role;

    /// <summary>The signals of a role here; empty if there is none.</summary>
    public ImmutableArray<RuleSignal> Find(string role)
    {
        var name = RoleOf(role);
        if (RoleTable.Find(name) is not { } known) return [];
        var units = UnitsOf(known.Kind).ToHashSet();
        return
        [
            .. book.Units.Index().Where(entry => units.Contains(entry.Item.Unit.Name))
                .SelectMany(entry => entry.Item.Tracks.Index().Where(track => track.Item.Binding.Role == known)
                    .Select(track => new RuleSignal(entry.Index, track.Index, entry.Item.Unit, entry.Item.Outlet, track.Item.Binding))),
        ];
    }

    private IEnumerable<string> UnitsOf(UnitKind kind)
    {
        if (kind == unit.Kind) return [unit.Name];
        return (unit.Kind, kind) switch
        {
            (UnitKind.Outlet, UnitKind.Production) => Outlet!.Production, // an outlet's unit is an outlet
            (UnitKind.Outlet, UnitKind.Treatment) => Outlet!.Treatment,
            (UnitKind.Treatment, UnitKind.Production) => unit.Serves,
            (UnitKind.Production, UnitKind.Treatment) => model.Treatment.Where(treatment => treatment.Serves.Contains(unit.Name)).Select(treatment => treatment.Name),
            (_, UnitKind.Outlet) => model.Outlets.Where(outlet => outlet.Production.Contains(unit.Name) || outlet.Treatment.Contains(unit.Name)).Select(outlet => outlet.Unit.Name),
            _ => [],
        };
    }
}
