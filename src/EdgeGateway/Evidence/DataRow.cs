namespace EdgeGateway.Evidence;

/// <summary>A row without its values: 16 bytes, because a verifier keeps one for every row of its input.</summary>
/// <param name="Slot">Polling slot.</param>
/// <param name="Group">Index into the payload's groups.</param>
/// <param name="First">First signal, counted from the start of the group.</param>
/// <param name="Count">Number of signals, at least 1.</param>
internal readonly record struct DataRow(long Slot, int Group, ushort First, ushort Count);
