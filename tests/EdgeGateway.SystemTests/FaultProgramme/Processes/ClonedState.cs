namespace EdgeGateway.SystemTests.FaultProgramme.Processes;

/// <summary>A state folder is copied and both copies run: the receiver sees the fork.</summary>
internal sealed class ClonedState : IFaultScenario
{
    public string Name => "clone";

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
        stage.History.Harms++;
        Stage.Copy(stage.State, stage.Sub("clone"));
        await stage.StartAsync();
        await using var clone = stage.Site.Run(stage.Sub("clone"));
        await clone.Says("recording as boot");
        await stage.DeliversAsync("the start of a clone");
        await clone.Stops();
        await stage.EndAsync();
        return await stage.JudgeAsync();
    }
}
