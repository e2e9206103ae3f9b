namespace EdgeGateway.Evidence;

/// <summary>
/// Wall clock and monotonic clock of one boot, side by side: gives the times that payloads are stamped with, notices when the two part (a step, or a drift no
/// quartz has), and carries what is known of the wall clock. Thread-safe; nothing here waits.
/// </summary>
internal sealed class BootClock(TimeProvider time)
{
    /// <summary>
    /// The wall clock may be this far from where it was expected, ms. A verifier allows two stamps 1,000 ms (docs/wire.md §6): less than half of that, so that no honest
    /// clock is ever between the two.
    /// </summary>
    public const int SlackMs = 400;

    private const int MostSteps = 16;

    // Two looks at two clocks are one look only if nothing stood still in between.
    private static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(20);
    private const int MostLooks = 5;

    private readonly long _start = time.GetTimestamp();
    private readonly Lock _gate = new();
    private readonly List<ClockStep> _steps = [];
    private double? _expected; // wall minus monotonic, ms; follows what a quartz may do
    private long _lookedAt;
    private volatile ClockTrust _trust = ClockTrust.None;
    private long _steadySince = long.MinValue;
    private long _platformSaysWrongBy;

    /// <summary>What is known of the wall clock, for the payloads from now on.</summary>
    public ClockTrust Trust
    {
        get => _trust;
        set => _trust = value;
    }

    /// <summary>By how much the platform's newest receipt shows our wall clock to be ahead (below zero: behind), ms; 0 if they agree.</summary>
    public long PlatformSaysWrongByMs
    {
        get => Interlocked.Read(ref _platformSaysWrongBy);
        set => Interlocked.Exchange(ref _platformSaysWrongBy, value);
    }

    /// <summary>What was stamped from here on was stamped by the wall clock as it runs now, Unix ms: its first look, or its last step.</summary>
    public long SteadySinceUtcMs => Interlocked.Read(ref _steadySince);

    /// <summary>Milliseconds since this boot.</summary>
    public long MonotonicMs => (long)time.GetElapsedTime(_start).TotalMilliseconds;

    /// <summary>Both clocks at one moment: the wall clock in Unix ms, the monotonic one in ms since this boot.</summary>
    public (long UtcMs, long MonotonicMs) Stamp()
    {
        lock (_gate)
        {
            for (var look = 1; ; look++)
            {
                var before = time.GetTimestamp();
                var utc = time.GetUtcNow().ToUnixTimeMilliseconds();
                var after = time.GetTimestamp();
                if (time.GetElapsedTime(before, after) > AtOnce && look < MostLooks) continue;
                var monotonic = (long)time.GetElapsedTime(_start, after).TotalMilliseconds;
                CompareNeedsGate(utc, monotonic);
                return (utc, monotonic);
            }
        }
    }

    /// <summary>The steps since the last call, oldest first. Whoever takes them puts them on record.</summary>
    public IReadOnlyList<ClockStep> TakeSteps()
    {
        lock (_gate)
        {
            ClockStep[] taken = [.. _steps];
            _steps.Clear();
            return taken;
        }
    }

    private void CompareNeedsGate(long utc, long monotonic)
    {
        double offset = utc - monotonic;
        if (_expected is not { } expected)
        {
            (_expected, _lookedAt) = (offset, monotonic);
            Interlocked.Exchange(ref _steadySince, utc);
            return;
        }
        var drift = Math.Max(0, monotonic - _lookedAt) * (ClockTrust.DriftPpm / 1e6);
        if (Math.Abs(offset - expected) > SlackMs + drift)
        {
            var by = (long)Math.Round(offset - expected);
            NoteNeedsGate(new ClockStep(_lookedAt, monotonic, Math.Max(0, by), Math.Max(0, -by)));
            _expected = offset;
            // After a step back there are older stamps above it: none of them is the clock's of now.
            Interlocked.Exchange(ref _steadySince, by > 0 ? utc : long.MaxValue);
        }
        else
        {
            _expected = expected + Math.Clamp(offset - expected, -drift, drift);
        }
        _lookedAt = monotonic;
    }

    private void NoteNeedsGate(ClockStep step)
    {
        // Who steps the clock all the time makes longer records of it, not more.
        if (_steps.Count == MostSteps) _steps[^1] = _steps[^1].And(step);
        else _steps.Add(step);
    }
}
