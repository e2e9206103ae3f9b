namespace EdgeGateway.SystemTests.FaultProgramme;

/// <summary>The three independent records of one round, and what the receiver trusts.</summary>
/// <param name="Devices">D; null in rounds without devices.</param>
/// <param name="Gateway">G; null where no one store can answer for the round.</param>
/// <param name="Receiver">R.</param>
/// <param name="Certificates">PEM files of the signing certificates that receivers trust.</param>
internal sealed record Ledgers(DeviceLedger? Devices, GatewayLedger? Gateway, ReceiverLedger Receiver, IReadOnlyCollection<string> Certificates);
