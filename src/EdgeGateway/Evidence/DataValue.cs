namespace EdgeGateway.Evidence;

/// <summary>One value of a <c>data</c> payload.</summary>
/// <param name="Group">Full name of the poll group.</param>
/// <param name="Signal">Full name of the signal.</param>
/// <param name="Slot">Polling slot.</param>
/// <param name="UtcMs">When it was taken, Unix ms.</param>
/// <param name="Token">The JSON token with the device's digits, character by character: <c>12.30</c>, <c>"open"</c>, <c>null</c>.</param>
/// <param name="Quality">Quality code (docs/wire.md §4.1).</param>
internal readonly record struct DataValue(string Group, string Signal, long Slot, long UtcMs, string Token, long Quality);
