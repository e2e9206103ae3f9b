namespace EdgeGateway.Timekeeping;

/// <summary>Something on this machine that keeps the wall clock right, and can say how right it is.</summary>
internal interface IClockSource
{
    /// <summary>Its name in the log and on record: <c>chrony</c>, <c>timesyncd</c>, <c>kernel</c>, <c>w32time</c>.</summary>
    string Name { get; }

    /// <summary>What it says now; null if it is not there. Asked from a background loop every half minute; may start a process, and takes no longer than some seconds.</summary>
    Task<ClockReport?> AskAsync(CancellationToken cancellationToken);
}
