namespace EdgeGateway.Evidence;

/// <summary>The answer of <see cref="LiveWatch.Add"/>.</summary>
/// <param name="Facts">The payload's facts, without rows; null exactly if the line was refused.</param>
/// <param name="Payload">The payload bytes, a part of the line that was handed in; empty if it was refused.</param>
/// <param name="Refusal">Why it was refused; only then set.</param>
internal readonly record struct LiveResult(LiveVerdict Verdict, PayloadFacts? Facts, ReadOnlyMemory<byte> Payload, LineFault? Refusal);
