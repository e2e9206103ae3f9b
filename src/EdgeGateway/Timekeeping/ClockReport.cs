namespace EdgeGateway.Timekeeping;

/// <summary>What a source says of the wall clock.</summary>
/// <param name="IsSynchronised">True if it holds the clock to a reference now.</param>
/// <param name="ErrorMs">The most it may be wrong, ms; null if the source cannot say.</param>
/// <param name="Age">Since the last measurement; null if the source cannot say.</param>
internal sealed record ClockReport(bool IsSynchronised, double? ErrorMs, TimeSpan? Age);
