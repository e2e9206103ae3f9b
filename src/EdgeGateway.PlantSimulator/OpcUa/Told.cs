namespace EdgeGateway.PlantSimulator.OpcUa;

/// <summary>A value on its way to clients, and what the ledger has to know of it.</summary>
/// <param name="Bits">A number, or the bits of a float.</param>
/// <param name="Text">A text.</param>
internal readonly record struct Told(UaSample Sample, long Bits = 0, string Text = "");
