namespace EdgeGateway.SystemTests.FaultProgramme.Processes;

/// <summary>
/// A broker that acknowledges and forgets until it crashes, one that never acknowledges, one that mixes up the order and one that delivers twice, one after
/// the other in an order drawn from the seed.
/// </summary>
internal sealed class LyingBroker : IFaultScenario
{
    public string Name => "lying-broker";

    public int Rounds => 1;

    public async Task<FaultOutcome> PlayAsync(int seed, CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        await using var broker = new ReceivingBroker();
        broker.Start();
        await using var stage = new Stage(broker.Url, broker.Ledger);
        await stage.StartPlantAsync(cancellationToken);
        await stage.StartAsync();
        await stage.DeliversAsync("the first start");
        Func<Task>[] lies =
        [
            async () =>
            {
                await LieAsync(stage, broker, () => new BrokerReply(0, true, TimeSpan.Zero), random);
                await broker.StopAsync();
                broker.Reply = _ => BrokerReply.Honest;
                broker.Start();
            },
            () => LieAsync(stage, broker, () => new BrokerReply(1, false, TimeSpan.Zero), random),
            () => LieAsync(stage, broker, () => new BrokerReply(1, true, Moment(random), Moment(random)), random),
            () => LieAsync(stage, broker, () => new BrokerReply(2, true, TimeSpan.Zero), random),
        ];
        random.Shuffle(lies);
        foreach (var lie in lies)
        {
            stage.History.Harms++;
            await lie();
            broker.Reply = _ => BrokerReply.Honest;
        }
        await stage.DeliversAsync("the lies of a broker");
        await stage.EndAsync();
        return await stage.JudgeAsync();
    }

    /// <summary>Goes on until the gateway has been lied to often enough: after some lies it stays away for a while.</summary>
    private static async Task LieAsync(Stage stage, ReceivingBroker broker, Func<BrokerReply> reply, Random random)
    {
        var (told, enough) = (0, random.Next(5, 20));
        broker.Reply = _ =>
        {
            Interlocked.Increment(ref told);
            return reply();
        };
        await stage.Until(() => Volatile.Read(ref told) >= enough, "publishes to lie about");
    }

    private static TimeSpan Moment(Random random)
    {
        lock (random) return TimeSpan.FromMilliseconds(random.Next(800));
    }
}
