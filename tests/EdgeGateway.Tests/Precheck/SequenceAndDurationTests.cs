namespace EdgeGateway.Tests.Precheck;

/// <summary>The kinds that look at when something begins and how long it lasts.</summary>
public sealed class SequenceAndDurationTests
{
    private const string Running = "{ of: prod.power, op: \">=\", bound: 15 % of rated }";
    private const string LateTreatment = $"kind: SEQUENCE\nscope: production\nwithin: 5m\nfirst: {Running}\nthen: {{ of: treat.power, op: \">=\", bound: 15 % of rated }}";
    private const string Long = $"kind: DURATION\nscope: production\nlongest: 10m\nwhile: {Running}";
    private const string Often = $"kind: DURATION\nscope: production\nstarts: 3\nover: 30m\nwhile: {Running}";

    [Fact]
    public void SEQUENCE_fires_when_the_second_does_not_follow_in_time()
    {
        var bench = new RuleBench(LateTreatment).Minutes(3, ("power", 0), ("fan", 0)).Minutes(6, ("power", 50), ("fan", 0));
        Assert.Equal(OutletSite.At("10:08:00"), Assert.Single(bench.Changes).Start); // begun at 10:03
    }

    [Fact]
    public void SEQUENCE_is_cleared_when_the_second_follows_at_last()
    {
        var bench = new RuleBench(LateTreatment).Minute(("power", 0), ("fan", 0)).Minutes(8, ("power", 50), ("fan", 0)).Minute(("power", 50), ("fan", 50));
        Assert.Equal([true, false], bench.Changes.Select(change => change.IsRaised));
    }

    [Fact]
    public void SEQUENCE_does_not_fire_when_the_second_follows_in_time_or_was_there_before()
    {
        Assert.Empty(new RuleBench(LateTreatment).Minute(("power", 0), ("fan", 0)).Minutes(4, ("power", 50), ("fan", 0)).Minutes(20, ("power", 50), ("fan", 50)).Changes);
        Assert.Empty(new RuleBench(LateTreatment).Minute(("power", 0), ("fan", 50)).Minutes(20, ("power", 50), ("fan", 50)).Changes);
    }

    [Fact]
    public void SEQUENCE_does_not_take_for_a_beginning_what_nobody_saw_begin() =>
        Assert.Empty(new RuleBench(LateTreatment).Minute().Minutes(20, ("power", 50), ("fan", 0)).Changes);

    [Fact]
    public void SEQUENCE_with_the_second_unknown_is_not_evaluable()
    {
        var bench = new RuleBench(LateTreatment).Minute(("power", 0), ("fan", 0)).Minutes(10, ("power", 50));
        Assert.Equal((1, 0, 10), bench.Counts);
    }

    [Fact]
    public void DURATION_fires_when_it_lasts_too_long()
    {
        var bench = new RuleBench(Long).Minutes(10, ("power", 50));
        Assert.Equal(OutletSite.At("10:09:00"), Assert.Single(bench.Changes).Start);
    }

    [Fact]
    public void DURATION_begins_anew_after_a_break_and_after_what_is_unknown()
    {
        Assert.Empty(new RuleBench(Long).Minutes(9, ("power", 50)).Minute(("power", 0)).Minutes(9, ("power", 50)).Changes);
        Assert.Empty(new RuleBench(Long).Minutes(9, ("power", 50)).Minute().Minutes(9, ("power", 50)).Changes);
    }

    [Fact]
    public void DURATION_counts_beginnings_within_its_window()
    {
        var bench = new RuleBench(Often);
        for (var i = 0; i < 3; i++) bench.Minutes(4, ("power", 0)).Minutes(4, ("power", 50));
        Assert.Equal(OutletSite.At("10:20:00"), Assert.Single(bench.Changes).Start);
    }

    [Fact]
    public void DURATION_forgets_beginnings_that_are_older()
    {
        var bench = new RuleBench(Often);
        for (var i = 0; i < 4; i++) bench.Minutes(15, ("power", 0)).Minutes(4, ("power", 50));
        Assert.Empty(bench.Changes);
    }

    [Fact]
    public void DURATION_of_what_is_unknown_is_not_evaluable() => Assert.Equal((0, 0, 5), new RuleBench(Long).Minutes(5).Counts);
}
