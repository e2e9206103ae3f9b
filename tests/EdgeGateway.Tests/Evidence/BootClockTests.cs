using EdgeGateway.Evidence;
using EdgeGateway.Tests.Timekeeping;

namespace EdgeGateway.Tests.Evidence;

public class BootClockTests
{
    private readonly SteppedClock _time = new();
    private readonly BootClock _clock;

    public BootClockTests()
    {
        _clock = new BootClock(_time);
        _clock.Stamp();
    }

    [Fact]
    public void A_step_is_noticed_at_the_next_stamp_with_the_span_in_which_it_happened()
    {
        _time.Pass(TimeSpan.FromSeconds(3));
        _clock.Stamp();
        _time.Pass(TimeSpan.FromSeconds(2));
        _time.Step(TimeSpan.FromMinutes(-5));
        _clock.Stamp();
        _time.Pass(TimeSpan.FromSeconds(1));
        _clock.Stamp();

        Assert.Equal([new ClockStep(3000, 5000, 0, 300_000)], _clock.TakeSteps());
        Assert.Empty(_clock.TakeSteps());
    }

    [Fact]
    public void Steps_less_than_a_verifier_minds_are_none()
    {
        _time.Step(TimeSpan.FromMilliseconds(400));
        _clock.Stamp();
        Assert.Empty(_clock.TakeSteps());
    }

    [Fact]
    public void Small_steps_in_one_direction_are_found_out_together()
    {
        for (var i = 0; i < 3; i++)
        {
            _time.Pass(TimeSpan.FromSeconds(1));
            _time.Step(TimeSpan.FromMilliseconds(150));
            _clock.Stamp();
        }
        var step = Assert.Single(_clock.TakeSteps());
        Assert.InRange(step.Forward, 448, 450);
    }

    [Fact]
    public void A_drift_that_a_quartz_may_have_is_no_step()
    {
        for (var hour = 0; hour < 48; hour++)
        {
            _time.Pass(TimeSpan.FromHours(1));
            _time.Step(TimeSpan.FromMilliseconds(-1_750)); // 486 ppm
            _clock.Stamp();
        }
        Assert.Empty(_clock.TakeSteps());
    }

    [Fact]
    public void A_clock_that_is_stepped_without_end_costs_no_memory_and_nothing_is_left_out()
    {
        for (var i = 0; i < 1000; i++)
        {
            _time.Pass(TimeSpan.FromSeconds(1));
            _time.Step(TimeSpan.FromSeconds(i % 2 == 0 ? 10 : -10));
            _clock.Stamp();
        }
        var steps = _clock.TakeSteps();
        Assert.InRange(steps.Count, 1, 16);
        Assert.Equal((5_000_000, 5_000_000), (steps.Sum(step => step.Forward), steps.Sum(step => step.Back)));
        Assert.Equal(1_000_000, steps[^1].To);
    }

    [Fact]
    public void The_error_grows_while_the_clock_runs_freely()
    {
        var trust = new ClockTrust(ClockState.Relative, 10, SyncedAtMs: 5_000);
        Assert.Equal((10, 0), (trust.ErrorMsAt(5_000), trust.AgeSecondsAt(5_000)));
        Assert.Equal((1_810, 3_600), (trust.ErrorMsAt(3_605_000), trust.AgeSecondsAt(3_605_000)));
        Assert.Equal(10, (trust with { State = ClockState.Synchronised }).ErrorMsAt(3_605_000));
    }
}
