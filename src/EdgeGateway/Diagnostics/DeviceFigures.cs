namespace EdgeGateway.Diagnostics;

/// <summary>What one device and its line have been like since the start. Written by the line's worker, read by anyone.</summary>
internal sealed class DeviceFigures
{
    private long _answered;
    private long _silent;
    private long _notAsked;
    private long _skipped;
    private long _badReplies;
    private long _dropped;
    private long _meanTicks;

    /// <summary>Polls in which the device answered at least one question.</summary>
    public long Answered => Interlocked.Read(ref _answered);

    /// <summary>Polls in which it answered none.</summary>
    public long Silent => Interlocked.Read(ref _silent);

    /// <summary>Slots in which it was left alone after silence.</summary>
    public long NotAsked => Interlocked.Read(ref _notAsked);

    /// <summary>Slots that passed while the line was busy with others.</summary>
    public long Skipped => Interlocked.Read(ref _skipped);

    /// <summary>Polls in which an answer came that did not fit its question.</summary>
    public long BadReplies => Interlocked.Read(ref _badReplies);

    /// <summary>How often the device told that it had dropped values, because its queues were full.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>From question to whole answer: the mean of the latest, each counting an eighth. Zero before the first answer.</summary>
    public TimeSpan RoundTrip => TimeSpan.FromTicks(Interlocked.Read(ref _meanTicks));

    /// <summary>From question to whole answer, all of them.</summary>
    public Histogram RoundTrips { get; } = new();

    /// <summary>How long after its time each poll began.</summary>
    public Histogram Lateness { get; } = new();

    public void CountAnswer(TimeSpan? roundTrip, bool hasBadReply)
    {
        Interlocked.Increment(ref _answered);
        if (hasBadReply) Interlocked.Increment(ref _badReplies);
        if (roundTrip is not { } took) return;
        RoundTrips.Add(took);
        var mean = Interlocked.Read(ref _meanTicks);
        Interlocked.Exchange(ref _meanTicks, mean == 0 ? took.Ticks : mean + (took.Ticks - mean) / 8);
    }

    public void CountSilence() => Interlocked.Increment(ref _silent);
    public void CountNotAsked() => Interlocked.Increment(ref _notAsked);
    public void CountDropped(long times) => Interlocked.Add(ref _dropped, times);
    public void CountSkipped() => Interlocked.Increment(ref _skipped);
}
