namespace EdgeGateway.Evidence;

/// <summary>A declared group: period in ms, number of signals, first slot.</summary>
internal sealed record PlannedGroup(string Id, long PeriodMs, int Size, long FirstSlot);
