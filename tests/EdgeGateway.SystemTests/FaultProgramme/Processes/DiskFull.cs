namespace EdgeGateway.SystemTests.FaultProgramme.Processes;

/// <summary>
/// The disk under the store fills up and is freed again; nobody restarts anything. At odd seeds for a moment, which the journal does not even notice; at even
/// ones until segment files cannot be written, and perhaps until the journal is full as well.
/// </summary>
internal sealed class DiskFull : IFaultScenario
{
    public string Name => "disk-full";

    public int Rounds => 2;

    public async Task<FaultOutcome> PlayAsync(int seed, CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        await using var broker = new ReceivingBroker();
        broker.Start();
        await using var stage = new Stage(broker.Url, broker.Ledger);
        await using var disk = await TemporaryDisk.Mounted(stage.Sub("disk"), "size=8m");
        stage.State = Path.Combine(disk.Path, "state");
        stage.Site.Replace("site.yaml", "max-size: 2GiB", "max-size: 4MiB"); // and so a small journal
        var isShort = seed % 2 == 1;
        if (!isShort) stage.Site.Replace("site.yaml", "linger: 200ms", "linger: 100ms"); // many commits: more than one lap of it
        await stage.StartPlantAsync(cancellationToken);
        await stage.StartAsync();
        await Stage.LiveAsync(TimeSpan.FromSeconds(2 * random.NextDouble()), cancellationToken);
        stage.History.Harms++;
        disk.Fill();
        if (!isShort) await stage.Gateway.Says("segment files cannot be written");
        await Stage.LiveAsync(TimeSpan.FromSeconds((isShort ? 5 : 25) * random.NextDouble()), cancellationToken);
        disk.Free();
        await stage.DeliversAsync("a full disk");
        if (isShort && stage.Gateway.Times("the store does not take segments") > 0) stage.History.Fault("a disk that was full for a moment stopped commits, although the journal had room");
        await stage.EndAsync();
        return await stage.JudgeAsync();
    }
}
