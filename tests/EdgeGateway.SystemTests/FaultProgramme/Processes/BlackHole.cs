using EdgeGateway.PlantSimulator;

namespace EdgeGateway.SystemTests.FaultProgramme.Processes;

/// <summary>The link swallows everything for 10 to 30 s and closes nothing: while nearly nothing is sent, while readings trickle, and while a backlog drains.</summary>
internal sealed class BlackHole : IFaultScenario
{
    public string Name => "black-hole";

    public int Rounds => 1;

    public bool MostlyWaits => true;

    public async Task<FaultOutcome> PlayAsync(int seed, CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        await using var broker = new ReceivingBroker();
        broker.Start();
        await using var link = new LinkFault(broker.EndPoint);
        await using var stage = new Stage($"mqtt://{link.EndPoint}", broker.Ledger);
        var phase = seed % 3;
        if (phase == 0) Idle(stage.Site);
        if (phase == 2) stage.Site.Replace("site.yaml", "  head-every:", "  backlog-per-second: 5\n  head-every:");
        await stage.StartPlantAsync(cancellationToken);
        await stage.StartAsync();
        await stage.DeliversAsync("the first start");
        if (phase == 2) await GatherBacklogAsync(stage, link, cancellationToken);
        stage.History.Harms++;
        link.Mode = LinkMode.BlackHole;
        await Stage.LiveAsync(TimeSpan.FromSeconds(10 + 20 * random.NextDouble()), cancellationToken);
        link.Mode = LinkMode.Pass;
        await stage.DeliversAsync("a black hole");
        await stage.EndAsync();
        return await stage.JudgeAsync();
    }

    private static async Task GatherBacklogAsync(Stage stage, LinkFault link, CancellationToken cancellationToken)
    {
        link.Mode = LinkMode.Cut;
        await Stage.LiveAsync(TimeSpan.FromSeconds(4), cancellationToken);
        link.Mode = LinkMode.Pass;
        await stage.DeliversAsync("a cut link");
    }

    private static void Idle(SiteCopy site)
    {
        foreach (var line in new[] { "cems-1", "cems-2", "dcs-1" }) site.Replace($"lines/{line}.yaml", "fast: 200ms", "fast: 4s");
        site.Replace("lines/meters-1.yaml", "fast: 500ms", "fast: 4s");
        site.Replace("site.yaml", "head-every: 1s", "head-every: 10m");
    }
}
