namespace EdgeGateway.Evidence;

/// <summary>
/// One of <see cref="DataBody"/>, <see cref="PlanBody"/>, <see cref="StopBody"/>, <see cref="BootGap"/>, <see cref="LossGap"/>,
/// <see cref="BirthBody"/>: matched by type.
/// </summary>
internal interface IPayloadBody;
