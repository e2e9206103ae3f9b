namespace EdgeGateway.PlantSimulator;

/// <summary>A value on its way into the ledger.</summary>
internal readonly record struct ServedEntry(ServedTrack Track, long Bits, string Text);
