namespace EdgeGateway.SystemTests.FaultProgramme.SimulatedTime;

/// <summary>When and how a line of ledger R came.</summary>
/// <param name="At">Monotonic simulated time.</param>
/// <param name="IsBacklog">True if it came in the lane of old segments.</param>
/// <param name="Line">The line.</param>
internal readonly record struct Arrival(TimeSpan At, bool IsBacklog, ReadOnlyMemory<byte> Line);
