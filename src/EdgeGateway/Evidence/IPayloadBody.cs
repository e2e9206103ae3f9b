namespace EdgeGateway.Evidence;

/// <summary>
/// One of <see cref="DataBody"/>, <see cref="PlanBody"/>, <see cref="StopBody"/>, <see cref="BootGap"/>, <see cref="LossGap"/>,
/// <see cref="BirthBody"/>, <see cref="KeyBody"/>: matched by type.
/// </summary>
internal interface IPayloadBody;
