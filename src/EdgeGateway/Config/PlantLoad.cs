namespace EdgeGateway.Config;

/// <summary>What came of reading a site folder: a plant, or every fault that stands in its way.</summary>
/// <param name="Plant">The plant; null exactly when there are faults.</param>
/// <param name="Faults">By file and line.</param>
internal sealed record PlantLoad(Plant? Plant, IReadOnlyList<ConfigFault> Faults);
