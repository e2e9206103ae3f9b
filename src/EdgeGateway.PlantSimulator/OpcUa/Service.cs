namespace EdgeGateway.PlantSimulator.OpcUa;

/// <summary>How one service is served.</summary>
/// <param name="AnswerId">The type of its answer.</param>
/// <param name="Needs">What it needs.</param>
/// <param name="Serve">Reads the request and writes the answer behind its header; called under the server's lock.</param>
internal sealed record Service(uint AnswerId, ServiceNeed Needs, Action<ServiceCall, UaDecoder, UaEncoder> Serve);
