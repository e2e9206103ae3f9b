namespace EdgeGateway.PlantSimulator.OpcUa;

/// <summary>What is left of an answer to a browse.</summary>
/// <param name="Most">References in one answer.</param>
/// <param name="Fields">Which fields of them the client wants.</param>
internal sealed record BrowseRest(List<UaReference> References, int Most, uint Fields);
