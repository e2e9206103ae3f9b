using EdgeGateway.Drivers;

namespace EdgeGateway.Config.Model;

/// <summary>A signal in its role.</summary>
/// <param name="Role">What it is.</param>
/// <param name="Signal">Which signal of the lines.</param>
/// <param name="Conversion">From the signal's unit to the role's.</param>
/// <param name="State">At which state of the gas its values are.</param>
/// <param name="Period">How often it is read, at most a minute.</param>
internal sealed record RoleBinding(Role Role, SignalId Signal, UnitFraction Conversion, GasState State, TimeSpan Period)
{
    /// <summary>True for a share of the gas (percent, ppm), which does not change with pressure and temperature: what it comes to in mg/m3 is at standard state already.</summary>
    public bool IsShare => Role.Family == "percent" || Conversion.IsOfShare;
}
