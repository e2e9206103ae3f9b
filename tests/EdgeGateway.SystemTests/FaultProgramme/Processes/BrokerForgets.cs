namespace EdgeGateway.SystemTests.FaultProgramme.Processes;

/// <summary>A real broker acknowledges messages for a platform that is away, is killed before it comes back, and has forgotten all of them.</summary>
internal sealed class BrokerForgets : IFaultScenario
{
    public string Name => "broker-forgets";

    public int Rounds => 1;

    public async Task<FaultOutcome> PlayAsync(int seed, CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        await using var round = new MosquittoRound();
        await round.StartAsync(cancellationToken);
        await round.Platform.StopAsync();
        await Stage.LiveAsync(TimeSpan.FromSeconds(1 + 3 * random.NextDouble()), cancellationToken);
        round.Stage.History.Harms++;
        await round.Broker.Kill();
        await round.Broker.Start();
        await round.Platform.StartAsync();
        await round.Stage.DeliversAsync("a broker that forgot what it had acknowledged");
        await round.Stage.EndAsync();
        return await round.Stage.JudgeAsync();
    }
}
