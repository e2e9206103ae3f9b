namespace EdgeGateway.Config.Model;

/// <summary>What a signal can be to the judgement, as roles.csv has it.</summary>
/// <param name="Name">Full name: <c>outlet.so2</c>.</param>
/// <param name="Kind">Whose role it is: its name begins with it.</param>
/// <param name="Family">Family of units.</param>
/// <param name="Unit">The unit its values are kept in: that of its family.</param>
/// <param name="FactorCode">HJ 212 factor code; empty where there is none.</param>
/// <param name="Reference">Whether its values have to say at which state of the gas they are.</param>
/// <param name="MolarMass">g/mol; null for what is no single gas.</param>
/// <param name="IsMany">Whether several signals of a unit may have it: three pumps, say.</param>
internal sealed record Role(
    string Name, UnitKind Kind, string Family, string Unit, string FactorCode, RoleReference Reference, decimal? MolarMass, bool IsMany, string NameZh, string NameEn)
{
    /// <summary>True for what can be limited and converted to a reference oxygen.</summary>
    public bool IsPollutant => Reference == RoleReference.Gas && Family == "concentration";
}
