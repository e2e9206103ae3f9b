namespace EdgeGateway.PlantSimulator.OpcUa;

/// <summary>A request for news that waits.</summary>
/// <param name="Results">What became of its acknowledgements.</param>
/// <param name="TakenAt">By <see cref="TimeProvider.GetTimestamp"/>.</param>
internal sealed record WaitingPublish(ServiceCall Call, uint[] Results, long TakenAt);
