namespace EdgeGateway.SystemTests.FaultProgramme.Processes;

/// <summary>The disk under the store fills up and is freed again, twice; nobody restarts anything.</summary>
internal sealed class DiskFull : IFaultScenario
{
    public string Name => "disk-full";

    public int Rounds => 1;

    public async Task<FaultOutcome> PlayAsync(int seed, CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        await using var broker = new ReceivingBroker();
        broker.Start();
        await using var stage = new Stage(broker.Url, broker.Ledger);
        await using var disk = await TemporaryDisk.Mounted(stage.Sub("disk"), "size=8m");
        stage.State = Path.Combine(disk.Path, "state");
        await stage.StartPlantAsync(cancellationToken);
        await stage.StartAsync();
        for (var time = 1; time <= 2; time++)
        {
            await Stage.LiveAsync(TimeSpan.FromSeconds(random.NextDouble()), cancellationToken);
            stage.History.Harms++;
            disk.Fill();
            await stage.Gateway.Says("the store does not take segments", time);
            await Stage.LiveAsync(TimeSpan.FromSeconds(4 * random.NextDouble()), cancellationToken);
            disk.Free();
            await stage.DeliversAsync("a full disk");
        }
        await stage.EndAsync();
        return await stage.JudgeAsync();
    }
}
