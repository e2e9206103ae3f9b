namespace EdgeGateway.Evidence;

/// <summary>The groups a boot declares.</summary>
internal sealed record PlanBody(PlannedGroup[] Groups) : IPayloadBody;
