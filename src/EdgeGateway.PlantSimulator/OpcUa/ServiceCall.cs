namespace EdgeGateway.PlantSimulator.OpcUa;

/// <summary>A request, and where its answer goes.</summary>
/// <param name="Handle">The client's own number of it.</param>
/// <param name="Token">Which session it belongs to.</param>
/// <param name="Patience">How long the client waits, milliseconds; 0 for ever.</param>
internal sealed record ServiceCall(UaConnection Connection, uint RequestId, uint Handle, NodeKey Token, uint Patience)
{
    /// <summary>The session, where the service needs one.</summary>
    public ServerSession Session { get; init; } = null!; // the table of services says which do

    /// <summary>It is answered later.</summary>
    public bool IsHeld { get; set; }
}
