namespace EdgeGateway.PlantSimulator;

/// <summary>What can be wrong with a line as a whole.</summary>
internal enum LineFault
{
    /// <summary>Healthy.</summary>
    None,

    /// <summary>Nobody listens: open connections are reset, new ones are refused by the system.</summary>
    RefuseConnections,

    /// <summary>Open connections are reset; new ones are accepted and reset at their first question.</summary>
    DropConnections,
}
