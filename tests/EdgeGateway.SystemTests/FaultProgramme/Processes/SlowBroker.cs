namespace EdgeGateway.SystemTests.FaultProgramme.Processes;

/// <summary>Acknowledgements that take seconds (odd seeds), or a link of a kilobyte a second (even ones): a backlog grows, and goes again once things get better.</summary>
internal sealed class SlowBroker : IFaultScenario
{
    public string Name => "slow-broker";

    public int Rounds => 2;

    public async Task<FaultOutcome> PlayAsync(int seed, CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        await using var broker = new ReceivingBroker();
        broker.Start();
        await using var stage = new Stage(broker.Url, broker.Ledger);
        var isNarrow = seed % 2 == 0;
        // What a plant behind such a link would be configured with; a line takes seconds to cross it.
        if (isNarrow) stage.Site.Replace("site.yaml", "ack-timeout: 3s", "ack-timeout: 60s");
        if (isNarrow) broker.BytesPerSecond = 1000;
        else broker.Reply = _ => new BrokerReply(1, true, TimeSpan.FromSeconds(2.5));
        stage.History.Harms++;
        await stage.StartPlantAsync(cancellationToken);
        await stage.StartAsync();
        await Stage.LiveAsync(TimeSpan.FromSeconds(5 + 5 * random.NextDouble()), cancellationToken);
        broker.BytesPerSecond = null;
        broker.Reply = _ => BrokerReply.Honest;
        await stage.DeliversAsync("a slow broker");
        await stage.EndAsync();
        return await stage.JudgeAsync();
    }
}
