using System.Text.Json;

namespace EdgeGateway.SystemTests;

/// <summary>One value as the platform got it, or the word why there is none.</summary>
/// <param name="Slot">Of its group.</param>
/// <param name="TakenAt">By the gateway's clock.</param>
/// <param name="Value">JSON null where the quality says why.</param>
/// <param name="Quality">Code of docs/wire.md.</param>
internal readonly record struct PlatformReading(long Slot, DateTimeOffset TakenAt, JsonElement Value, int Quality);
