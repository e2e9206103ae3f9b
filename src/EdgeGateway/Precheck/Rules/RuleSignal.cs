using EdgeGateway.Config.Model;

namespace EdgeGateway.Precheck.Rules;

/// <summary>A signal in its role as a rule sees it: where its rows stand, and whose it is.</summary>
/// <param name="UnitIndex">Of the units of a <see cref="ClosedPeriod"/>.</param>
/// <param name="RowIndex">Of the unit's rows.</param>
internal sealed record RuleSignal(int UnitIndex, int RowIndex, PlantUnit Unit, Outlet? Outlet, RoleBinding Binding)
{
    /// <summary>Its row in a period.</summary>
    public AggregateRow RowOf(ClosedPeriod period) => period.Units[UnitIndex].Rows[RowIndex];

    /// <summary>For people: <c>sinter-1 prod.power</c>.</summary>
    public string Name => $"{Unit.Name} {Binding.Role.Name}";
}
