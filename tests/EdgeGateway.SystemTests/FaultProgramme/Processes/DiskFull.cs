namespace EdgeGateway.SystemTests.FaultProgramme.Processes;

/// <summary>
/// The disk under the store fills up, until segment files cannot be written or even until the journal is full, and is freed again; nobody restarts anything.
/// </summary>
internal sealed class DiskFull : IFaultScenario
{
    public string Name => "disk-full";

    public int Rounds => 1;

    public bool MostlyWaits => true;

    public async Task<FaultOutcome> PlayAsync(int seed, CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        await using var broker = new ReceivingBroker();
        broker.Start();
        await using var stage = new Stage(broker.Url, broker.Ledger);
        await using var disk = await TemporaryDisk.Mounted(stage.Sub("disk"), "size=8m");
        stage.State = Path.Combine(disk.Path, "state");
        // A small journal and many commits, so that a round sees more than one lap of it.
        stage.Site.Replace("site.yaml", "max-size: 2GiB", "max-size: 4MiB");
        stage.Site.Replace("site.yaml", "linger: 200ms", "linger: 100ms");
        await stage.StartPlantAsync(cancellationToken);
        await stage.StartAsync();
        await Stage.LiveAsync(TimeSpan.FromSeconds(10 * random.NextDouble()), cancellationToken);
        stage.History.Harms++;
        disk.Fill();
        await stage.Gateway.Says("segment files cannot be written");
        await Stage.LiveAsync(TimeSpan.FromSeconds(25 * random.NextDouble()), cancellationToken);
        disk.Free();
        await stage.DeliversAsync("a full disk");
        await stage.EndAsync();
        return await stage.JudgeAsync();
    }
}
