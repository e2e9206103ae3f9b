namespace EdgeGateway.SystemTests.FaultProgramme;

/// <summary>What a long soak leaves behind, and how the next one goes on.</summary>
public sealed class SoakLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_second_start_goes_on_after_the_last_seed_of_each_scenario()
    {
        var file = _folder.Sub("soak.jsonl");
        var first = new SoakLog(file);
        first.Add(Round("a", 7));
        first.Add(Round("a", 8));
        first.Add(Round("b", 1));
        var second = new SoakLog(file);
        Assert.Equal(first.Rounds.Select(round => round.ToJson()), second.Rounds.Select(round => round.ToJson()));
        Assert.Equal((9, 2, 5), (second.NextSeed("a", 5), second.NextSeed("b", 1), second.NextSeed("c", 5)));
    }

    [Fact]
    public void A_round_whose_line_was_cut_short_is_played_again()
    {
        var file = _folder.Sub("soak.jsonl");
        File.WriteAllText(file, Round("a", 1).ToJson() + "\n" + Round("a", 2).ToJson()[..20]);
        Assert.Equal(2, new SoakLog(file).NextSeed("a", 1));
        new SoakLog(file).Add(Round("a", 2));
        Assert.Equal(2, new SoakLog(file).Count("a"));
    }

    [Fact]
    public void A_file_of_something_else_is_named_and_left_alone()
    {
        var file = _folder.Sub("notes.txt");
        File.WriteAllText(file, "shopping list\n");
        Assert.Contains($"{file}:1", Assert.Throws<InvalidDataException>(() => new SoakLog(file)).Message, StringComparison.Ordinal);
        Assert.Equal("shopping list\n", File.ReadAllText(file));
    }

    [Fact]
    public void The_report_adds_up_the_checkers_figures_and_tells_how_to_see_a_failure_again()
    {
        var report = SoakReport.Of([Round("a", 1), Round("a", 3, "I1: gone"), Round("b", 2)]);
        Assert.Contains("| a | 2 | 1 to 3 | 20 | 16 | 0 | 2 | 4 | 0 | 1 |", report, StringComparison.Ordinal);
        Assert.Contains("| **all** | 3 |  | 30 | 24 | 0 | 3 | 6 | 0 | 1 |", report, StringComparison.Ordinal);
        Assert.Contains("tests/soak.sh --scenario a --replay 3", report, StringComparison.Ordinal);
    }

    private static RoundRecord Round(string scenario, int seed, params string[] faults) => new(scenario, seed,
        new FaultOutcome { Served = 10, Delivered = 8, Lost = 0, Duplicated = 1, Forked = 0, Named = 2, Faults = faults }, null, null, 1.5, "abc");
}
