using Microsoft.Extensions.Time.Testing;

namespace EdgeGateway.Tests.Timekeeping;

/// <summary>A clock whose wall part is set without its monotonic part and its timers noticing, as an operator or a time server does.</summary>
internal sealed class SteppedClock(DateTimeOffset? start = null) : TimeProvider
{
    private readonly FakeTimeProvider _time = new(start ?? new DateTimeOffset(2027, 1, 4, 8, 0, 0, TimeSpan.Zero));
    private long _setTicks;

    public override long TimestampFrequency => _time.TimestampFrequency;

    /// <summary>Both clocks go on.</summary>
    public void Pass(TimeSpan duration) => _time.Advance(duration);

    /// <summary>Only the wall clock moves.</summary>
    public void Step(TimeSpan by) => Interlocked.Add(ref _setTicks, by.Ticks);

    public override long GetTimestamp() => _time.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => _time.GetUtcNow().AddTicks(Interlocked.Read(ref _setTicks));

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => _time.CreateTimer(callback, state, dueTime, period);
}
