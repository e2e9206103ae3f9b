using EdgeGateway.Evidence;

namespace EdgeGateway.SystemTests.FaultProgramme;

/// <summary>A payload that the receiver holds, with the line it came in.</summary>
internal sealed record ReceivedPayload(PayloadFacts Facts, byte[] Payload, byte[] Line);
