namespace EdgeGateway.Config.Model;

/// <summary>Whether a role's values depend on the state of the gas they are given at.</summary>
internal enum RoleReference
{
    /// <summary>They do not.</summary>
    None,

    /// <summary>A share or a concentration of flue gas.</summary>
    Gas,

    /// <summary>A volume of flue gas per time.</summary>
    Flow,
}
