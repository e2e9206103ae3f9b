namespace EdgeGateway.SystemTests.FaultProgramme;

/// <summary>A few rounds of every scenario, and the seeds that once failed. <c>tests/soak.sh</c> plays more.</summary>
public sealed class FaultProgrammeTests
{
    private const int FirstSeed = 1;

    public static TheoryData<string, int> Rounds
    {
        get
        {
            var rounds = new TheoryData<string, int>();
            foreach (var scenario in FaultScenarios.All.Where(scenario => !scenario.MostlyWaits))
                foreach (var seed in SeedsOf(scenario)) rounds.Add(scenario.Name, seed);
            return rounds;
        }
    }

    [Theory, MemberData(nameof(Rounds))]
    public async Task Nothing_is_lost_unnamed_nothing_is_altered_and_it_goes_on_by_itself(string scenario, int seed)
    {
        var round = await RoundPlayer.PlayAsync(FaultScenarios.Named(scenario), seed, "");
        TestContext.Current.TestOutputHelper?.WriteLine(round.ToJson());
        Assert.SkipWhen(round.Skipped is not null, round.Skipped ?? "");
        Assert.True(round.IsGood, round.Complaint);
    }

    [Fact]
    public async Task The_same_holds_where_rounds_mostly_wait_and_are_played_side_by_side()
    {
        var rounds = await Task.WhenAll(FaultScenarios.All.Where(scenario => scenario.MostlyWaits)
            .SelectMany(scenario => SeedsOf(scenario).Select(seed => RoundPlayer.PlayAsync(scenario, seed, ""))));
        foreach (var round in rounds) TestContext.Current.TestOutputHelper?.WriteLine(round.ToJson());
        foreach (var round in rounds.Where(round => round.Skipped is not null)) TestContext.Current.AddWarning($"{round.Scenario} was not played: {round.Skipped}");
        Assert.True(rounds.All(round => round.IsGood), string.Join("\n\n", rounds.Where(round => !round.IsGood).Select(round => round.Complaint)));
    }

    [Fact]
    public void Every_scenario_has_a_name_of_its_own() => Assert.Distinct(FaultScenarios.All.Select(scenario => scenario.Name));

    [Fact]
    public void Every_kept_seed_belongs_to_a_scenario_that_exists() =>
        Assert.All(RegressionSeeds.All(), entry => Assert.Contains(FaultScenarios.All, scenario => scenario.Name == entry.Scenario));

    private static IEnumerable<int> SeedsOf(IFaultScenario scenario) => Enumerable.Range(FirstSeed, scenario.Rounds).Concat(RegressionSeeds.Of(scenario.Name)).Distinct();
}
