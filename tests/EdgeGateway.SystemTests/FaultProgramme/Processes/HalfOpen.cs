namespace EdgeGateway.SystemTests.FaultProgramme.Processes;

/// <summary>The machine at the other end is gone and has not said so: the connection stays open for ever, and a new one would work.</summary>
internal sealed class HalfOpen : IFaultScenario
{
    public string Name => "half-open";

    public int Rounds => 1;

    public bool MostlyWaits => true;

    public async Task<FaultOutcome> PlayAsync(int seed, CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        await using var broker = new ReceivingBroker();
        broker.Start();
        await using var stage = new Stage(broker.Url, broker.Ledger);
        await stage.StartPlantAsync(cancellationToken);
        await stage.StartAsync();
        for (var time = 0; time < 2; time++)
        {
            await stage.DeliversAsync("a connection whose other end was gone");
            await Stage.LiveAsync(TimeSpan.FromSeconds(random.NextDouble()), cancellationToken);
            stage.History.Harms++;
            broker.Vanish();
        }
        await stage.DeliversAsync("a connection whose other end was gone");
        await stage.EndAsync();
        return await stage.JudgeAsync();
    }
}
