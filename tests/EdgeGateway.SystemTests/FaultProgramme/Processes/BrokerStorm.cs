namespace EdgeGateway.SystemTests.FaultProgramme.Processes;

/// <summary>A real broker is killed and started again, again and again, at moments nobody chose.</summary>
internal sealed class BrokerStorm : IFaultScenario
{
    private const int Kills = 5;

    public string Name => "broker-storm";

    public int Rounds => 1;

    public async Task<FaultOutcome> PlayAsync(int seed, CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        await using var round = new MosquittoRound();
        await round.StartAsync(cancellationToken);
        for (var kill = 0; kill < Kills; kill++)
        {
            round.Stage.History.Harms++;
            await round.Broker.Kill();
            await Stage.LiveAsync(TimeSpan.FromSeconds(0.5 * random.NextDouble()), cancellationToken);
            await round.Broker.Start();
            await Stage.LiveAsync(TimeSpan.FromSeconds(1.5 * random.NextDouble()), cancellationToken);
        }
        await round.Platform.ListensAsync();
        await round.Stage.DeliversAsync("a storm of restarts of the broker");
        await round.Stage.EndAsync();
        return await round.Stage.JudgeAsync();
    }
}
