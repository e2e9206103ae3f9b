namespace EdgeGateway.Precheck;

/// <summary>The newest state that a status signal told; null while it tells none.</summary>
internal sealed class StateCell
{
    public DataFlag? Flag { get; set; }
}
