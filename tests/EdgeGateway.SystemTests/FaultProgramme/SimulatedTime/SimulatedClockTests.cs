namespace EdgeGateway.SystemTests.FaultProgramme.SimulatedTime;

/// <summary>The clock must itself be right, or what runs under it proves nothing.</summary>
public sealed class SimulatedClockTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly SimulatedClock _clock = new(DateTimeOffset.UnixEpoch);

    [Fact]
    public void It_stands_still_until_it_is_moved()
    {
        Assert.Equal(_clock.GetTimestamp(), _clock.GetTimestamp());
        _clock.MoveTo(5 * Second);
        Assert.Equal(5, _clock.GetUtcNow().ToUnixTimeSeconds());
        Assert.Equal(5 * Second, _clock.GetElapsedTime(0));
    }

    [Fact]
    public void Timers_fire_one_moment_after_the_other_in_their_order()
    {
        var fired = new List<(int Name, TimeSpan At)>();
        foreach (var name in new[] { 3, 1, 2 }) _clock.CreateTimer(_ => fired.Add((name, _clock.Elapsed)), null, name * Second, Timeout.InfiniteTimeSpan);
        _clock.MoveTo(10 * Second);
        Assert.Equal([(1, Second)], fired);
        _clock.MoveTo(10 * Second);
        _clock.MoveTo(10 * Second);
        Assert.Equal([(1, Second), (2, 2 * Second), (3, 3 * Second)], fired);
        _clock.MoveTo(10 * Second);
        Assert.Equal(10 * Second, _clock.Elapsed);
    }

    [Fact]
    public void It_never_goes_beyond_what_was_asked_for()
    {
        using var timer = _clock.CreateTimer(_ => Assert.Fail("too early"), null, 2 * Second, Timeout.InfiniteTimeSpan);
        _clock.MoveTo(Second);
        Assert.Equal(Second, _clock.Elapsed);
    }

    [Fact]
    public async Task Delays_and_deadlines_follow_it()
    {
        var delay = Task.Delay(Second, _clock, CancellationToken.None);
        using var deadline = new CancellationTokenSource(Second, _clock);
        Assert.False(delay.IsCompleted);
        _clock.MoveTo(Second);
        await delay;
        Assert.True(deadline.IsCancellationRequested);
    }

    [Fact]
    public void A_timer_that_is_taken_back_never_fires()
    {
        var timer = _clock.CreateTimer(_ => Assert.Fail("taken back"), null, Second, Timeout.InfiniteTimeSpan);
        timer.Dispose();
        _clock.MoveTo(2 * Second);
        Assert.False(timer.Change(Second, Timeout.InfiniteTimeSpan));
        Assert.Equal(0, _clock.Waiting);
    }

    [Fact]
    public void A_periodic_timer_fires_again_and_again()
    {
        var times = 0;
        using var timer = _clock.CreateTimer(_ => times++, null, Second, Second);
        for (var i = 0; i < 3; i++) _clock.MoveTo(10 * Second);
        Assert.Equal((3, 3 * Second), (times, _clock.Elapsed));
    }

    [Fact]
    public void Who_waits_is_told_by_the_duration()
    {
        var arming = 0;
        _clock.OnArming(Second, () => arming++);
        var timer = _clock.CreateTimer(_ => { }, null, Second, Timeout.InfiniteTimeSpan);
        using var other = _clock.CreateTimer(_ => { }, null, 2 * Second, Timeout.InfiniteTimeSpan);
        Assert.Equal((1, 1), (_clock.Armed(Second), arming));
        timer.Dispose();
        Assert.Equal(0, _clock.Armed(Second));
    }

    [Fact]
    public void The_wall_clock_can_be_set_and_the_monotonic_one_does_not_notice()
    {
        using var timer = _clock.CreateTimer(_ => { }, null, Second, Timeout.InfiniteTimeSpan);
        _clock.Step(-TimeSpan.FromHours(1));
        Assert.Equal((-3600, 0), (_clock.GetUtcNow().ToUnixTimeSeconds(), _clock.GetTimestamp()));
        _clock.MoveTo(Second);
        Assert.Equal((-3599, 0), (_clock.GetUtcNow().ToUnixTimeSeconds(), _clock.Waiting));
        _clock.Set(DateTimeOffset.FromUnixTimeSeconds(2_200_000_000));
        Assert.Equal((2_200_000_000, Second), (_clock.GetUtcNow().ToUnixTimeSeconds(), _clock.Elapsed));
    }
}
