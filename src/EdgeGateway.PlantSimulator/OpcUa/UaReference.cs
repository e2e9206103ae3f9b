namespace EdgeGateway.PlantSimulator.OpcUa;

/// <summary>A reference as one of its two nodes sees it.</summary>
/// <param name="Type">The number of its type in the standard.</param>
internal readonly record struct UaReference(uint Type, UaNode Target, bool IsForward);
