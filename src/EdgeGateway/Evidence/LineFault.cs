namespace EdgeGateway.Evidence;

/// <summary>Why a line is refused: one of the first four codes of docs/wire.md §6, and a sentence.</summary>
internal readonly record struct LineFault(string Code, string Text);
