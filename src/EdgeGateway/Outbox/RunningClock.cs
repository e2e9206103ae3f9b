namespace EdgeGateway.Outbox;

/// <summary>
/// Seconds for which this store has been open, over all boots. Retention counts in these: the wall clock may jump by years, and a month in a cupboard does
/// not make a segment older than the platform's chance to ask for it again.
/// </summary>
internal sealed class RunningClock(TimeProvider time, long before)
{
    private readonly long _start = time.GetTimestamp();

    public long Seconds => before + (long)time.GetElapsedTime(_start).TotalSeconds;
}
