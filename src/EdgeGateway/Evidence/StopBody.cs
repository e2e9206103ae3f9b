namespace EdgeGateway.Evidence;

/// <summary>The last slot due per group at an orderly stop; -1 if none was due.</summary>
internal sealed record StopBody((string Group, long LastSlot)[] Last) : IPayloadBody;
