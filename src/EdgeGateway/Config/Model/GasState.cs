namespace EdgeGateway.Config.Model;

/// <summary>At which state of the gas a value is given. Standard is 273 K and 101,325 Pa.</summary>
internal enum GasState
{
    /// <summary>The value does not depend on it.</summary>
    None,

    DryStandard,
    WetStandard,
    DryActual,
    WetActual,
}
