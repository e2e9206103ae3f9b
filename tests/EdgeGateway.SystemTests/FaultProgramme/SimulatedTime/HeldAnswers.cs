namespace EdgeGateway.SystemTests.FaultProgramme.SimulatedTime;

/// <summary>The simulated devices' clock: that of the run, and it knows how many answers they hold back until their time has come. Thread-safe.</summary>
internal sealed class HeldAnswers(SimulatedClock clock) : TimeProvider
{
    private int _count;

    /// <summary>Answers, or parts of one, that wait for their time.</summary>
    public int Count => Volatile.Read(ref _count);

    public override long TimestampFrequency => clock.TimestampFrequency;

    public override long GetTimestamp() => clock.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

    /// <summary>A timer that fires once: what devices wait for does not repeat.</summary>
    /// <exception cref="NotSupportedException">It is to repeat.</exception>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (period > TimeSpan.Zero) throw new NotSupportedException("a simulated device holds an answer back once");
        Interlocked.Increment(ref _count);
        return new Hold(this, clock.CreateTimer(callback, state, dueTime, period));
    }

    private sealed class Hold(HeldAnswers all, ITimer timer) : ITimer
    {
        private int _isOver;

        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(dueTime, period);

        // Whoever waited disposes of it, whether the time has come or the connection has ended.
        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isOver, 1) == 0) Interlocked.Decrement(ref all._count);
            timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
