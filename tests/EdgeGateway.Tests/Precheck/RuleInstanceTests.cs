using EdgeGateway.Precheck.Rules;

namespace EdgeGateway.Tests.Precheck;

/// <summary>What surrounds a condition: holds, gates, suppressions, and where a rule runs.</summary>
public sealed class RuleInstanceTests
{
    private const string Above = "kind: RANGE\nscope: outlet\nof: outlet.so2\nop: \">\"\nbound: 40 mg/m3";

    [Fact]
    public void A_hold_is_interrupted_by_what_cannot_be_evaluated()
    {
        var bench = new RuleBench($"{Above}\nhold-on: 3m").Minutes(2, ("so2", 50)).Minute().Minutes(2, ("so2", 50));
        Assert.Empty(bench.Changes);
        Assert.Single(bench.Minute(("so2", 50)).Changes);
    }

    [Fact]
    public void Clearing_takes_the_hold_off()
    {
        var bench = new RuleBench($"{Above}\nhold-off: 3m").Minute(("so2", 50)).Minutes(2, ("so2", 1)).Minute(("so2", 50)).Minutes(2, ("so2", 1));
        Assert.Single(bench.Changes);
        Assert.False(bench.Minute(("so2", 1)).Changes[^1].IsRaised);
    }

    [Fact]
    public void A_gate_that_is_shut_makes_it_not_evaluable()
    {
        var bench = new RuleBench(Above + "\ngate:\n  - { of: prod.power, op: \">=\", bound: 15 % of rated }").Minute(("so2", 50), ("power", 2)).Minute(("so2", 50)).Minute(("so2", 50), ("power", 20));
        Assert.Equal((0, 1, 2), bench.Counts);
    }

    [Fact]
    public void Calibration_silences_F1_until_ten_minutes_after_it()
    {
        var bench = new RuleBench($"{Above}\nsuppress: [F1]").Minutes(11, ("so2", 1)).Minutes(3, ("so2", 90), ("so2!C", 0)).Minutes(9, ("so2", 90));
        Assert.Empty(bench.Changes);
        Assert.Single(bench.Minutes(2, ("so2", 90)).Changes);
    }

    [Fact]
    public void F6_is_silent_for_ten_minutes_after_a_start_and_after_a_pause()
    {
        var bench = new RuleBench($"{Above}\nsuppress: [F6]").Minutes(10, ("so2", 90));
        Assert.Empty(bench.Changes);
        Assert.Single(bench.Minute(("so2", 90)).Changes);
        bench.Now += 20 * 60_000;
        Assert.Equal(11, bench.Minute(("so2", 90)).Counts.Not);
    }

    [Fact]
    public void A_rule_runs_for_each_role_that_a_unit_has_and_says_what_is_missing_elsewhere()
    {
        var bench = new RuleBench("kind: RANGE\nscope: outlet\neach: [outlet.so2, outlet.nox, outlet.co]\nof: each\ntake: ref\nop: \">\"\nbound: limit");
        Assert.Equal([("A outlet.so2", ""), ("A outlet.nox", "a limit over 1h of outlet.nox at A"), ("A outlet.co", "role outlet.co")], bench.Places.Select(place => (place.Place, place.Missing)));
    }

    [Fact]
    public void The_window_of_a_figure_forgets()
    {
        var window = new SlidingWindow(3);
        foreach (var value in (decimal?[])[9, 1, null, 5, 4]) window.Add(value);
        Assert.Equal((2, 4.5m, 4m, 5m, 4m, 5m, (decimal?)null), (window.Count, window.Mean, window.Min, window.Max, window[0], window[1], window[2]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(60)]
    public void The_window_agrees_with_a_plain_one(int length)
    {
        var random = new Random(length);
        var window = new SlidingWindow(length);
        var all = new List<decimal?>();
        for (var i = 0; i < 500; i++)
        {
            all.Add(random.Next(4) == 0 ? null : random.Next(1000) / 10m);
            window.Add(all[^1]);
            var there = all.TakeLast(length).OfType<decimal>().ToList();
            Assert.Equal((there.Count, there.Count == 0 ? null : there.Min(), there.Count == 0 ? null : there.Max(), there.Count == 0 ? (decimal?)null : there.Sum() / there.Count), (window.Count, window.Min, window.Max, window.Mean));
        }
    }
}
