using EdgeGateway.PlantSimulator;

namespace EdgeGateway.SystemTests.FaultProgramme.Processes;

/// <summary>The trials that other gateways were measured by and fail, between gateway and broker: what is done to the link, for how long, and whether the gateway is killed meanwhile.</summary>
internal abstract class PeerTrial(string name, LinkMode harm, TimeSpan shortest, TimeSpan longest, bool isKilled) : IFaultScenario
{
    public string Name => name;

    public int Rounds => 1;

    public bool MostlyWaits => true;

    public async Task<FaultOutcome> PlayAsync(int seed, CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        await using var broker = new ReceivingBroker();
        broker.Start();
        await using var link = new LinkFault(broker.EndPoint);
        await using var stage = new Stage($"mqtt://{link.EndPoint}", broker.Ledger);
        await stage.StartPlantAsync(cancellationToken);
        await stage.StartAsync();
        await stage.DeliversAsync("the first start");
        stage.History.Harms++;
        link.Mode = harm;
        var outage = shortest + (longest - shortest) * random.NextDouble();
        var killAfter = outage * random.NextDouble();
        await Stage.LiveAsync(isKilled ? killAfter : outage, cancellationToken);
        if (isKilled)
        {
            stage.History.Harms++;
            await stage.KillAsync();
            await stage.StartAsync();
            await Stage.LiveAsync(outage - killAfter, cancellationToken);
        }
        link.Mode = LinkMode.Pass;
        await stage.DeliversAsync($"{outage.TotalSeconds:0} s without a link");
        await stage.EndAsync();
        return await stage.JudgeAsync();
    }
}

/// <summary>The link is cut and comes back.</summary>
internal sealed class PeerCut() : PeerTrial("peer-cut", LinkMode.Cut, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(8), isKilled: false);

/// <summary>The link is cut, the gateway is killed while it is, and both come back.</summary>
internal sealed class PeerCutAndKill() : PeerTrial("peer-cut-kill", LinkMode.Cut, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(8), isKilled: true);

/// <summary>As before, long enough for queues in memory to overflow.</summary>
internal sealed class PeerLongCutAndKill() : PeerTrial("peer-long-cut-kill", LinkMode.Cut, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(40), isKilled: true);

/// <summary>The link swallows everything for half a minute.</summary>
internal sealed class PeerBlackHole() : PeerTrial("peer-black-hole", LinkMode.BlackHole, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30), isKilled: false);
