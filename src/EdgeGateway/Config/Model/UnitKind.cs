namespace EdgeGateway.Config.Model;

/// <summary>What a part of the plant is for.</summary>
internal enum UnitKind
{
    /// <summary>It makes something, and flue gas.</summary>
    Production,

    /// <summary>It cleans flue gas.</summary>
    Treatment,

    /// <summary>Where gas leaves the plant and is measured (排放口).</summary>
    Outlet,
}
