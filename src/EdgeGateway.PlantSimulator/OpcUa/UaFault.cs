namespace EdgeGateway.PlantSimulator.OpcUa;

/// <summary>A client asked for what cannot be done, or sent what cannot be read; the status is the answer.</summary>
/// <param name="status">One of <see cref="UaStatus"/>.</param>
/// <param name="why">For people.</param>
internal sealed class UaFault(uint status, string why) : Exception(why)
{
    public uint Status => status;
}
