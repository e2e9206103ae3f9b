using EdgeGateway.Precheck.Rules;

namespace EdgeGateway.Tests.Precheck;

/// <summary>The forecast of the hour, and the rule that warns by it.</summary>
public sealed class HourForecastTests
{
    private const string Rule = "kind: BUDGET\nscope: outlet\nof: outlet.so2\ntake: ref\nhold-off: 5m";

    [Fact]
    public void The_allowance_is_what_the_rest_of_the_hour_may_have()
    {
        var forecast = new HourForecast();
        for (var i = 0; i < 15; i++) forecast.Add(i < 10 ? 42 : 58, 59 - i);
        Assert.Equal((15, 45, 50.89m), (forecast.Valid, forecast.Left, Math.Round(forecast.Allowance(50)!.Value, 2))); // 10 at 42, 5 at 58, limit 50
    }

    [Fact]
    public void An_hour_that_stays_as_it_is_comes_to_what_it_is()
    {
        var forecast = new HourForecast();
        for (var i = 0; i < 20; i++) forecast.Add(40, 59 - i);
        Assert.Equal(40, forecast.Expected);
    }

    [Fact]
    public void A_trend_counts_and_is_damped()
    {
        var forecast = new HourForecast();
        for (var i = 0; i < 20; i++) forecast.Add(20 + i, 59 - i);
        // The mean of the whole hour would be 49.5 if it went on straight; 33.7 if it stayed at the level reached.
        Assert.InRange(forecast.Expected!.Value, 34m, 40m);
    }

    [Fact]
    public void Minutes_that_are_not_valid_leave_the_mean_as_it_is()
    {
        var forecast = new HourForecast();
        for (var i = 0; i < 20; i++) forecast.Add(i % 2 == 0 ? 40m : null, 59 - i);
        Assert.Equal((10, 40m), (forecast.Valid, forecast.Expected!.Value));
    }

    [Fact]
    public void It_warns_minutes_before_the_hour_is_lost()
    {
        var bench = new RuleBench(Rule);
        for (var i = 0; i < 60; i++) bench.Minute(("so2", Math.Min(70, 40 + i)));
        var raised = bench.Changes[0];
        Assert.True(raised.IsRaised);
        Assert.Equal(2, raised.Judgement.Severity);
        Assert.InRange(raised.Start, OutletSite.At("10:11:00"), OutletSite.At("10:20:00")); // the mean so far is still below the limit then
    }

    [Fact]
    public void It_becomes_severe_when_the_rest_would_have_to_fall_clearly()
    {
        var bench = new RuleBench(Rule).Minutes(20, ("so2", 60));
        Assert.Equal((true, 3), (bench.Changes[0].IsRaised, bench.Changes[0].Judgement.Severity));
        Assert.Contains("the 49 minutes left may have", bench.Changes[0].Judgement.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void A_spike_that_the_hour_can_bear_is_none() =>
        Assert.Empty(new RuleBench(Rule).Minutes(20, ("so2", 30)).Minutes(3, ("so2", 90)).Minutes(37, ("so2", 30)).Changes);

    [Fact]
    public void Before_ten_minutes_nothing_is_said()
    {
        var bench = new RuleBench(Rule).Minutes(9, ("so2", 99));
        Assert.Equal((0, 0, 9), bench.Counts);
    }

    [Fact]
    public void An_hour_that_cannot_have_45_valid_minutes_any_more_is_not_judged()
    {
        var bench = new RuleBench(Rule).Minutes(16).Minutes(44, ("so2", 99));
        Assert.Equal((0, 0, 60), bench.Counts);
    }

    [Fact]
    public void It_is_cleared_five_minutes_after_the_forecast_is_clearly_all_right()
    {
        var bench = new RuleBench(Rule).Minutes(15, ("so2", 49)).Minutes(40, ("so2", 20));
        Assert.Equal([true, false], bench.Changes.Select(change => change.IsRaised));
    }
}
