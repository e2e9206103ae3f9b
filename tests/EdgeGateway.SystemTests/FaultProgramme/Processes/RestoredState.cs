namespace EdgeGateway.SystemTests.FaultProgramme.Processes;

/// <summary>An older copy of the state folder is put back and started as it is, against the manual: the receiver sees the fork.</summary>
internal sealed class RestoredState : IFaultScenario
{
    public string Name => "restore";

    public int Rounds => 1;

    public async Task<FaultOutcome> PlayAsync(int seed, CancellationToken cancellationToken)
    {
        await using var broker = new ReceivingBroker();
        broker.Start();
        await using var stage = new Stage(broker.Url, broker.Ledger, new RoundHistory { Linger = Stage.Linger, IsForked = true });
        await stage.StartPlantAsync(cancellationToken);
        await stage.StartAsync();
        await stage.DeliversAsync("the first start");
        await stage.EndAsync();
        Stage.Copy(stage.State, stage.Sub("older"));
        await stage.StartAsync();
        await stage.DeliversAsync("a second start");
        await stage.EndAsync();
        stage.History.Harms++;
        stage.State = stage.Sub("older");
        await stage.StartAsync();
        await stage.DeliversAsync("the start of an older copy");
        await stage.EndAsync();
        return await stage.JudgeAsync();
    }
}
