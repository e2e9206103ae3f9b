namespace EdgeGateway.Tests.Acquisition;

/// <summary>
/// A clock that passes only when somebody waits for it or works: every delay of the code under test moves it on and ends at once, so that hours run
/// on one thread without a race. At <paramref name="end"/> the stop token is cancelled. Its wall clock can be set at will.
/// </summary>
internal sealed class SimulatedTime(TimeSpan end) : TimeProvider, IDisposable
{
    private static readonly DateTimeOffset Start = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly CancellationTokenSource _stop = new();
    private TimeSpan _now;

    public CancellationToken Stopping => _stop.Token;

    /// <summary>How far the wall clock has been set forward or back.</summary>
    public TimeSpan WallClockStep { get; set; }

    /// <summary>Monotonic time since the start.</summary>
    public TimeSpan Now => _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _now.Ticks;

    public override DateTimeOffset GetUtcNow() => Start + _now + WallClockStep;

    /// <summary>Somebody works for so long.</summary>
    public void Pass(TimeSpan duration)
    {
        _now += duration;
        if (_now >= end) _stop.Cancel();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime != Timeout.InfiniteTimeSpan)
        {
            var isBeyond = _now + dueTime >= end;
            Pass(isBeyond ? (end > _now ? end - _now : TimeSpan.Zero) : dueTime);
            if (!isBeyond) callback(state);
        }
        return new SpentTimer();
    }

    public void Dispose() => _stop.Dispose();

    private sealed class SpentTimer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
