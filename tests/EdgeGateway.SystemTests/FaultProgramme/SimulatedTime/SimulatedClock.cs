namespace EdgeGateway.SystemTests.FaultProgramme.SimulatedTime;

/// <summary>
/// A clock that stands still until the harness moves it to the next timer. The wall clock can be set without the monotonic one noticing, as an operator or
/// a time server does. Timers fire on the thread that moves the clock. Thread-safe.
/// </summary>
internal sealed class SimulatedClock(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly SortedSet<Alarm> _alarms = [];
    private readonly Dictionary<TimeSpan, int> _armed = [];
    private readonly Dictionary<TimeSpan, Action> _onArming = [];
    private long _now;
    private long _numbers;
    private long _changes;
    private TimeSpan _set;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Monotonic time since the start.</summary>
    public TimeSpan Elapsed => TimeSpan.FromTicks(GetTimestamp());

    /// <summary>The monotonic time of a moment on a wall clock that was never set, Unix ms.</summary>
    public TimeSpan ElapsedAt(long utcMs) => DateTimeOffset.FromUnixTimeMilliseconds(utcMs) - start;

    /// <summary>How many timers have been set or taken back so far: while this moves, somebody is at work.</summary>
    public long Changes => Interlocked.Read(ref _changes);

    /// <summary>Timers that wait now.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate) return _alarms.Count;
        }
    }

    public override long GetTimestamp() => Interlocked.Read(ref _now);

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate) return start + TimeSpan.FromTicks(_now) + _set;
    }

    /// <summary>Sets the wall clock forward (or back).</summary>
    public void Step(TimeSpan by)
    {
        lock (_gate) _set += by;
    }

    /// <summary>Sets the wall clock.</summary>
    public void Set(DateTimeOffset to)
    {
        lock (_gate) _set = to - start - TimeSpan.FromTicks(_now);
    }

    /// <summary>Calls back, before the timer is set, whenever one of exactly this duration is.</summary>
    public void OnArming(TimeSpan duration, Action callback)
    {
        lock (_gate) _onArming.Add(duration, callback);
    }

    /// <summary>How many timers of exactly this duration wait now: a patience nobody else has tells who still expects an answer.</summary>
    public int Armed(TimeSpan duration)
    {
        lock (_gate) return _armed.GetValueOrDefault(duration);
    }

    /// <summary>Moves to the next timer, but not beyond <paramref name="until"/>, and fires what is due.</summary>
    public void MoveTo(TimeSpan until)
    {
        lock (_gate)
        {
            var next = _alarms.Count > 0 ? Math.Min(_alarms.Min!.Due, until.Ticks) : until.Ticks;
            if (next > _now) Interlocked.Exchange(ref _now, next);
        }
        while (TakeDue() is { } due) due.Fire();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var alarm = new Alarm(this, callback, state);
        alarm.Change(dueTime, period);
        return alarm;
    }

    private Alarm? TakeDue()
    {
        lock (_gate)
        {
            if (_alarms.Count == 0 || _alarms.Min is not { } first || first.Due > _now) return null;
            RemoveNeedsGate(first);
            if (first.Period > TimeSpan.Zero) AddNeedsGate(first, first.Period);
            return first;
        }
    }

    private void AddNeedsGate(Alarm alarm, TimeSpan duration)
    {
        (alarm.Due, alarm.Number, alarm.Duration) = (_now + duration.Ticks, ++_numbers, duration);
        _alarms.Add(alarm);
        _armed[duration] = _armed.GetValueOrDefault(duration) + 1;
        Interlocked.Increment(ref _changes);
    }

    private void RemoveNeedsGate(Alarm alarm)
    {
        if (!_alarms.Remove(alarm)) return;
        // Durations are many (back-off is random): only those that wait are kept.
        if (_armed[alarm.Duration] == 1) _armed.Remove(alarm.Duration);
        else _armed[alarm.Duration]--;
        Interlocked.Increment(ref _changes);
    }

    private sealed class Alarm(SimulatedClock clock, TimerCallback callback, object? state) : ITimer, IComparable<Alarm>
    {
        private bool _isDisposed;

        public long Due { get; set; }
        public long Number { get; set; }
        public TimeSpan Duration { get; set; }
        public TimeSpan Period { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Action? arming;
            lock (clock._gate) arming = clock._onArming.GetValueOrDefault(dueTime);
            arming?.Invoke();
            lock (clock._gate)
            {
                if (_isDisposed) return false;
                clock.RemoveNeedsGate(this);
                Period = period > TimeSpan.Zero ? period : TimeSpan.Zero;
                if (dueTime >= TimeSpan.Zero) clock.AddNeedsGate(this, dueTime);
                return true;
            }
        }

        public int CompareTo(Alarm? other) => other is null ? 1 : Due != other.Due ? Due.CompareTo(other.Due) : Number.CompareTo(other.Number);

        public void Dispose()
        {
            lock (clock._gate)
            {
                _isDisposed = true;
                clock.RemoveNeedsGate(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
