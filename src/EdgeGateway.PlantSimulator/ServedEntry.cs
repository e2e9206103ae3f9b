namespace EdgeGateway.PlantSimulator;

/// <summary>A value on its way into the ledger.</summary>
/// <param name="Track">Where it belongs.</param>
/// <param name="Bits">A number, the bits of a float, or a time.</param>
/// <param name="Text">A text, a state, or raw registers.</param>
/// <param name="IsNone">True if what was served stands for no value.</param>
internal readonly record struct ServedEntry(ServedTrack Track, long Bits, string Text, bool IsNone = false);
