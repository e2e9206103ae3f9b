using EdgeGateway.Config.Model;

namespace EdgeGateway.Precheck;

/// <summary>The formulas of HJ 212-2017 App. D, as they are printed there: 273 K and 101,325 Pa are standard state.</summary>
internal static class GasFormulas
{
    private const decimal StandardKelvin = 273m;
    private const decimal StandardKiloPascal = 101.325m;
    private const decimal AmbientO2 = 21m;
    private const decimal Whole = 100m;

    /// <summary>A concentration or share for dry gas at standard state (formulas 18 and 19); null if the conditions do not allow it.</summary>
    /// <param name="value">At <paramref name="state"/>.</param>
    /// <param name="isShare">A share of the gas does not change with pressure and temperature.</param>
    public static decimal? Dry(decimal value, GasState state, bool isShare, in GasConditions gas)
    {
        var dry = DryPart(state, gas);
        return isShare || !IsActual(state) ? value / dry : value / Density(gas) / dry;
    }

    /// <summary>A flow for dry gas at standard state (formula 31); null if the conditions do not allow it.</summary>
    public static decimal? DryFlow(decimal value, GasState state, in GasConditions gas)
    {
        var dry = DryPart(state, gas);
        return IsActual(state) ? value * Density(gas) * dry : value * dry;
    }

    /// <summary>A concentration at reference oxygen (formula 28); null from <paramref name="maxO2"/> on, where it explodes.</summary>
    public static decimal? AtReference(decimal dry, decimal oxygen, decimal reference, decimal maxO2) =>
        oxygen < maxO2 ? dry * (AmbientO2 - reference) / (AmbientO2 - oxygen) : null;

    /// <summary>What leaves in an hour, kg (formula 33): mg/m3 of dry gas at standard state times m3/h.</summary>
    public static decimal MassPerHour(decimal dry, decimal dryFlow) => dry * dryFlow / 1_000_000m;

    private static bool IsActual(GasState state) => state is GasState.DryActual or GasState.WetActual;

    // Of wet gas, the part that is dry; nothing follows from a humidity that cannot be.
    private static decimal? DryPart(GasState state, in GasConditions gas)
    {
        if (state is not (GasState.WetStandard or GasState.WetActual)) return 1m;
        return gas.Humidity is >= 0m and < Whole ? 1m - gas.Humidity / Whole : null;
    }

    // How dense the gas is, compared to standard state.
    private static decimal? Density(in GasConditions gas)
    {
        var pressure = gas.Atmosphere + gas.Pressure;
        return gas.Temperature > -StandardKelvin && pressure > 0m ? StandardKelvin / (StandardKelvin + gas.Temperature) * pressure / StandardKiloPascal : null;
    }
}
