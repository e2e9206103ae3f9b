namespace EdgeGateway.SystemTests.FaultProgramme.Processes;

/// <summary>The whole process stands still for up to 20 s, as in a suspended machine, and goes on: the slots that passed are accounted for.</summary>
internal sealed class Frozen : IFaultScenario
{
    public string Name => "frozen";

    public int Rounds => 1;

    public bool MostlyWaits => true;

    public async Task<FaultOutcome> PlayAsync(int seed, CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        await using var broker = new ReceivingBroker();
        broker.Start();
        await using var stage = new Stage(broker.Url, broker.Ledger, new RoundHistory { Linger = Stage.Linger, ErrorsWithin = TimeSpan.FromSeconds(25) });
        await stage.StartPlantAsync(cancellationToken);
        await stage.StartAsync();
        await stage.DeliversAsync("the first start");
        stage.History.Harms++;
        await stage.Gateway.Signal("STOP");
        await Stage.LiveAsync(TimeSpan.FromSeconds(20 - 5 * random.NextDouble()), cancellationToken);
        await stage.Gateway.Signal("CONT");
        await stage.DeliversAsync("standing still");
        await stage.EndAsync();
        return await stage.JudgeAsync();
    }
}
