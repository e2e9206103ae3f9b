namespace EdgeGateway.Tests.Uplink;

/// <summary>The real clock that runs so many times faster, and remembers what was waited for (in its own, fast time).</summary>
internal sealed class WatchedTime(int timesFaster = 1) : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<TimeSpan> _waits = [];
    private readonly long _start = System.GetTimestamp();

    public IReadOnlyList<TimeSpan> Waits
    {
        get
        {
            lock (_lock) return [.. _waits];
        }
    }

    public override long TimestampFrequency => System.TimestampFrequency;

    public override long GetTimestamp() => _start + (System.GetTimestamp() - _start) * timesFaster;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        lock (_lock) _waits.Add(dueTime);
        var timer = new FastTimer(timesFaster, System.CreateTimer(callback, state, global::System.Threading.Timeout.InfiniteTimeSpan, global::System.Threading.Timeout.InfiniteTimeSpan));
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class FastTimer(int timesFaster, ITimer real) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => real.Change(Faster(dueTime), Faster(period));

        public void Dispose() => real.Dispose();

        public ValueTask DisposeAsync() => real.DisposeAsync();

        private TimeSpan Faster(TimeSpan wait) => wait == global::System.Threading.Timeout.InfiniteTimeSpan ? wait : wait / timesFaster;
    }
}
