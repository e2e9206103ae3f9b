namespace EdgeGateway.Tests.Precheck;

/// <summary>Of each kind: it fires, what looks like it does not, and what cannot be evaluated is neither.</summary>
public sealed class RuleKindTests
{
    [Fact]
    public void RANGE_fires_above_its_bound_and_clears_below_its_hysteresis()
    {
        var bench = new RuleBench("kind: RANGE\nscope: outlet\nof: outlet.so2\ntake: ref\nop: \">\"\nbound: 80 % of limit\nhysteresis: 10").Minute(("so2", 40)).Minute(("so2", 40.1m)).Minute(("so2", 36.1m)).Minute(("so2", 36));
        Assert.Equal([(true, OutletSite.At("10:01:00")), (false, OutletSite.At("10:03:00"))], bench.Changes.Select(change => (change.IsRaised, change.Start)));
        Assert.Equal("A outlet.so2 40.1 > 40 mg/m3", bench.Changes[0].Judgement.Why);
    }

    [Fact]
    public void RANGE_without_a_value_is_not_evaluable_and_clears_nothing()
    {
        var bench = new RuleBench("kind: RANGE\nscope: outlet\nof: outlet.so2\nop: \">\"\nbound: 0.04 g/m3").Minute(("so2", 41)).Minutes(3);
        Assert.Equal((0, 1, 3), bench.Counts);
        Assert.True(bench.Instance.IsRaised);
        Assert.Equal("A outlet.so2 is B", bench.Instance.NotBecause);
    }

    [Theory]
    [InlineData(9, 9, 30, 1)]
    [InlineData(9, 30, 30, 0)] // one pump that stands by
    public void RANGE_counts_signals(int a, int b, int c, int fired)
    {
        var bench = new RuleBench("kind: RANGE\nscope: treatment\nof: treat.slurryPumpCurrent\nop: \"<\"\nbound: 10 A\nat-least: 2").Minute(("a", a), ("b", b), ("c", c));
        Assert.Equal(fired, bench.Changes.Count);
    }

    [Fact]
    public void RANGE_says_nothing_of_a_count_that_what_is_missing_could_change()
    {
        var bench = new RuleBench("kind: RANGE\nscope: treatment\nof: treat.slurryPumpCurrent\nop: \"<\"\nbound: 10 A\nat-least: 2").Minute(("a", 9), ("b", 30)).Minute(("a", 30), ("b", 30));
        Assert.Equal((1, 0, 1), bench.Counts);
    }

    [Fact]
    public void RANGE_of_hours_sees_hours_only()
    {
        var bench = new RuleBench("kind: RANGE\nscope: outlet\nevery: 1h\nof: outlet.so2\ntake: ref\nop: \">\"\nbound: limit").Minutes(3, ("so2", 99)).Hour(("so2", 49)).Hour(("so2", 51));
        Assert.Equal((1, 1, 0), bench.Counts);
    }

    [Fact]
    public void RANGE_takes_the_limit_of_the_hour_of_the_day()
    {
        const string Night = "- { limit: night, of: outlet.so2, basis: reference, over: 1h, value: 30 mg/m3, daily: 22:00-08:00, from: 2026-01-01, law: x }";
        var bench = new RuleBench("kind: RANGE\nscope: outlet\nof: outlet.so2\ntake: ref\nop: \">\"\nbound: limit", Night) { Now = OutletSite.At("21:59:00") };
        bench.Minutes(2, ("so2", 40));
        Assert.Equal((0, 1, 1), bench.Counts); // no limit in the day, one at night
    }

    [Fact]
    public void STUCK_fires_when_nothing_moves_for_the_whole_window()
    {
        var bench = new RuleBench("kind: STUCK\nscope: outlet\nof: outlet.so2\nover: 30m\nepsilon: 0.2 mg/m3").Minutes(29, ("so2", 12.1m));
        Assert.Equal((0, 22), (bench.Counts.Ok, bench.Counts.Not)); // three quarters of the window, 23 minutes, can be judged
        Assert.Equal(OutletSite.At("10:22:00"), Assert.Single(bench.Changes).Start);
    }

    [Fact]
    public void STUCK_does_not_fire_on_a_signal_that_moves_now_and_then()
    {
        var bench = new RuleBench("kind: STUCK\nscope: outlet\nof: outlet.so2\nover: 30m\nepsilon: 0.2 mg/m3");
        for (var i = 0; i < 10; i++) bench.Minutes(20, ("so2", 12)).Minute(("so2", 12.3m));
        Assert.Empty(bench.Changes);
    }

    [Fact]
    public void RATE_fires_on_a_jump_far_above_the_usual_step()
    {
        var bench = Steady(new RuleBench("kind: RATE\nscope: outlet\nof: outlet.so2\njump: 10 mg/m3\nmad: 6"), 1m).Minute(("so2", 45));
        Assert.Equal("A outlet.so2 from 20 to 45 mg/m3, at most 10 is usual", Assert.Single(bench.Changes).Judgement.Why);
    }

    [Fact]
    public void RATE_does_not_fire_where_such_steps_are_usual() =>
        Assert.Empty(Steady(new RuleBench("kind: RATE\nscope: outlet\nof: outlet.so2\njump: 10 mg/m3\nmad: 6"), 5m).Minute(("so2", 45)).Changes);

    [Fact]
    public void RATE_needs_to_know_what_is_usual()
    {
        var bench = new RuleBench("kind: RATE\nscope: outlet\nof: outlet.so2\njump: 10 mg/m3").Minutes(10, ("so2", 20)).Minute(("so2", 99));
        Assert.Equal((0, 0, 11), bench.Counts);
    }

    [Fact]
    public void CONFLICT_fires_when_all_is_true_for_the_hold()
    {
        var bench = Conflict().Minutes(5, ("power", 50), ("fan", 1));
        Assert.Equal(OutletSite.At("10:04:00"), Assert.Single(bench.Changes).Start);
    }

    [Fact]
    public void CONFLICT_does_not_fire_on_a_switch_over_shorter_than_the_hold() =>
        Assert.Empty(Conflict().Minutes(4, ("power", 50), ("fan", 1)).Minute(("power", 50), ("fan", 60)).Minutes(4, ("power", 50), ("fan", 1)).Changes);

    [Fact]
    public void CONFLICT_is_all_right_if_one_part_is_certainly_not_true_and_not_evaluable_otherwise()
    {
        var bench = Conflict().Minute(("power", 2)).Minute(("power", 50));
        Assert.Equal((1, 0, 1), bench.Counts);
    }

    [Fact]
    public void RATIO_fires_outside_its_band()
    {
        var bench = new RuleBench("kind: RATIO\nscope: treatment\nof: treat.power\nto: prod.power\nlow: 0.7\nhigh: 1.5\nover: 4m").Minutes(4, ("fan", 40), ("power", 80));
        Assert.Equal("t treat.power 40 through p prod.power 80 is 0.5", bench.Changes.Single().Judgement.Why);
    }

    [Fact]
    public void RATIO_with_nothing_to_divide_by_is_not_evaluable()
    {
        var bench = new RuleBench("kind: RATIO\nscope: treatment\nof: treat.power\nto: prod.power\nlow: 0.7\nover: 4m").Minutes(4, ("fan", 0), ("power", 0));
        Assert.Equal((0, 0, 4), bench.Counts);
    }

    [Fact]
    public void RATIO_inside_its_band_is_all_right() =>
        Assert.Empty(new RuleBench("kind: RATIO\nscope: treatment\nof: treat.power\nto: prod.power\nlow: 0.7\nover: 4m").Minutes(20, ("fan", 80), ("power", 100)).Changes);

    [Fact]
    public void DISAGREE_fires_when_two_differ_in_half_of_the_window()
    {
        var bench = Disagree().Minutes(10, ("load", 80), ("power", 70)).Minutes(6, ("load", 80), ("power", 40));
        Assert.Equal(OutletSite.At("10:14:00"), Assert.Single(bench.Changes).Start);
    }

    [Fact]
    public void DISAGREE_does_not_fire_on_a_short_difference() =>
        Assert.Empty(Disagree().Minutes(20, ("load", 80), ("power", 70)).Minutes(4, ("load", 80), ("power", 40)).Minutes(20, ("load", 80), ("power", 70)).Changes);

    [Fact]
    public void DISAGREE_with_one_side_missing_is_not_evaluable() => Assert.Equal((0, 0, 10), Disagree().Minutes(10, ("load", 80)).Counts);

    [Fact]
    public void COMPLETE_fires_with_the_minute_that_is_one_too_many()
    {
        var bench = Complete().Minutes(20, ("so2", 1)).Minutes(11);
        Assert.Equal(OutletSite.At("10:30:00"), Assert.Single(bench.Changes).Start);
    }

    [Fact]
    public void COMPLETE_counts_each_hour_anew() =>
        Assert.Empty(Complete().Minutes(50, ("so2", 1)).Minutes(10).Minutes(10).Minutes(50, ("so2", 1)).Changes);

    [Fact]
    public void COMPLETE_does_not_hold_against_an_hour_what_was_before_its_first_minute()
    {
        var bench = new RuleBench("kind: COMPLETE\nscope: outlet\nof: outlet.so2\ninvalid: 10") { Now = OutletSite.At("10:40:00") }.Minutes(20, ("so2", 1));
        Assert.Equal((20, 0, 0), bench.Counts);
    }

    [Fact]
    public void Minutes_that_are_missing_altogether_count_as_absent()
    {
        var bench = Complete().Minutes(10, ("so2", 1));
        bench.Now += 11 * 60_000;
        Assert.Single(bench.Minute(("so2", 1)).Changes);
    }

    private static RuleBench Conflict() => new("""
        kind: CONFLICT
        scope: outlet
        hold-on: 5m
        all:
          - { of: prod.power, op: ">=", bound: 15 % of rated }
          - { of: treat.power, op: "<=", bound: 5 % of rated }
        """);

    private static RuleBench Disagree() => new("kind: DISAGREE\nscope: production\nof: prod.load\nwith: prod.power\nby-rated: yes\ntolerance: 25\nshare: 50\nover: 10m");

    private static RuleBench Complete() => new("kind: COMPLETE\nscope: outlet\nof: outlet.so2\ninvalid: 10");

    // Around 20, in steps of the given size.
    private static RuleBench Steady(RuleBench bench, decimal step)
    {
        for (var i = 0; i < 62; i++) bench.Minute(("so2", i % 2 == 0 ? 20 + step : 20));
        return bench;
    }
}
