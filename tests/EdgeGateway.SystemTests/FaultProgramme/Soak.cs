using System.Globalization;

namespace EdgeGateway.SystemTests.FaultProgramme;

/// <summary>The programme at length; started by <c>tests/soak.sh</c>, which hands its arguments over in the environment.</summary>
public sealed class Soak
{
    [Fact(Explicit = true)]
    public async Task Rounds_until_there_are_enough()
    {
        var scenarios = Text("SCENARIOS") is { } names ? names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(FaultScenarios.Named).ToList() : FaultScenarios.All;
        if (Number("REPLAY") is { } replayed)
        {
            foreach (var scenario in scenarios) Say(await RoundPlayer.PlayAsync(scenario, replayed, Commit));
            return;
        }
        var log = new SoakLog(Text("LOG") ?? throw new InvalidOperationException("start the soak with tests/soak.sh"));
        await PlayAsync(scenarios, log);
        var report = SoakReport.Of(log.Rounds);
        await File.WriteAllTextAsync(Path.ChangeExtension(Text("LOG"), ".md")!, report, CancellationToken.None); // it has a name: see above
        Console.WriteLine(report);
        Assert.All(log.Rounds, round => Assert.True(round.IsGood, round.Complaint));
    }

    private static string Commit => Text("COMMIT") ?? "";

    /// <summary>One round of each in turn, so that a night that ends early has seen all of them.</summary>
    private static async Task PlayAsync(IReadOnlyList<IFaultScenario> scenarios, SoakLog log)
    {
        var start = TimeProvider.System.GetTimestamp();
        var most = Number("MINUTES") is { } minutes ? TimeSpan.FromMinutes(minutes) : TimeSpan.MaxValue;
        var rounds = Number("ROUNDS") ?? (most == TimeSpan.MaxValue ? 1 : int.MaxValue);
        var waiting = scenarios.ToList();
        while (waiting.Count > 0)
        {
            foreach (var scenario in scenarios)
            {
                if (!waiting.Contains(scenario)) continue;
                if (TimeProvider.System.GetElapsedTime(start) > most) return;
                if (log.Count(scenario.Name) >= rounds)
                {
                    waiting.Remove(scenario);
                    continue;
                }
                var round = await RoundPlayer.PlayAsync(scenario, log.NextSeed(scenario.Name, Number("SEED") ?? 1), Commit);
                log.Add(round);
                Say(round);
                if (!round.IsGood) RegressionSeeds.Keep(round.Scenario, round.Seed);
                if (round.Skipped is not null) waiting.Remove(scenario); // the next seed will not find another machine
            }
        }
    }

    private static void Say(RoundRecord round)
    {
        Console.WriteLine(round.ToJson());
        if (!round.IsGood) Console.WriteLine(round.Complaint);
    }

    private static string? Text(string name) => Environment.GetEnvironmentVariable($"EDGEGATEWAY_SOAK_{name}") is { Length: > 0 } text ? text : null;

    private static int? Number(string name) => Text(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
