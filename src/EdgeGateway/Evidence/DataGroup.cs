namespace EdgeGateway.Evidence;

/// <summary>A poll group as a payload states it.</summary>
/// <param name="Id">Full name.</param>
/// <param name="PeriodMs">Polling period.</param>
/// <param name="Size">Number of signals, 1 to 65,535.</param>
internal sealed record DataGroup(string Id, long PeriodMs, int Size);
