namespace EdgeGateway.Precheck;

/// <summary>A period that takes no more readings, of every unit.</summary>
/// <param name="Period">How long it is.</param>
/// <param name="Start">Unix milliseconds.</param>
/// <param name="Late">Readings that came for minutes that were sealed already, or for none that is open, since the period before of this length.</param>
/// <param name="Units">The rows of each unit.</param>
internal sealed record ClosedPeriod(AggregatePeriod Period, long Start, long Late, IReadOnlyList<(UnitTally Unit, AggregateRow[] Rows)> Units);
