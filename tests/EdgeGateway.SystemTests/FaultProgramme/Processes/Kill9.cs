namespace EdgeGateway.SystemTests.FaultProgramme.Processes;

/// <summary>Killed without a word, several times a round, at any moment of its life: at the start, while it delivers, while it stops.</summary>
internal sealed class Kill9 : IFaultScenario
{
    private const int Kills = 4;

    public string Name => "kill-9";

    public int Rounds => 2;

    public async Task<FaultOutcome> PlayAsync(int seed, CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        await using var broker = new ReceivingBroker();
        broker.Start();
        await using var stage = new Stage(broker.Url, broker.Ledger);
        await stage.StartPlantAsync(cancellationToken);
        await stage.StartAsync();
        for (var kill = 0; kill < Kills; kill++)
        {
            await Stage.LiveAsync(TimeSpan.FromSeconds(2) * random.NextDouble(), cancellationToken);
            if (random.Next(4) == 0)
            {
                await stage.Gateway.Signal("TERM");
                await Stage.LiveAsync(TimeSpan.FromMilliseconds(300) * random.NextDouble(), cancellationToken);
            }
            stage.History.Harms++;
            await stage.KillAsync();
            if (random.Next(3) == 0) stage.Launch();
            else await stage.StartAsync();
        }
        await stage.Gateway.Says("recording as boot");
        await stage.DeliversAsync("the last kill");
        await stage.EndAsync();
        return await stage.JudgeAsync();
    }
}
