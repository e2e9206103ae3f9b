using EdgeGateway.Drivers;

namespace EdgeGateway;

/// <summary>One signal's value in one slot, scaled, range-checked and finite. Which signal and when, its <see cref="ReadingBlock"/> says.</summary>
/// <param name="Value">The engineering value; <see cref="SampleKind.None"/> when the quality says why there is none.</param>
/// <param name="Quality"><see cref="Quality.Good"/>, <see cref="Quality.OutOfRange"/> with the value kept, or the reason there is none.</param>
internal readonly record struct Reading(SampleValue Value, Quality Quality);
