using EdgeGateway.Evidence;

namespace EdgeGateway.SystemTests.FaultProgramme.Processes;

/// <summary>
/// A broker that acknowledges, forgets and never shows it: the gateway cannot know, but the receiver sees the hole, and the gateway's store still has what
/// fills it.
/// </summary>
internal sealed class ForgetfulBroker : IFaultScenario
{
    public string Name => "forgetful-broker";

    public int Rounds => 1;

    public async Task<FaultOutcome> PlayAsync(int seed, CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        await using var broker = new ReceivingBroker();
        broker.Start();
        await using var stage = new Stage(broker.Url, broker.Ledger, new RoundHistory { Linger = Stage.Linger, BrokerLies = true });
        await stage.StartPlantAsync(cancellationToken);
        await stage.StartAsync();
        await stage.DeliversAsync("the first start");
        stage.History.Harms++;
        broker.Reply = _ => new BrokerReply(0, true, TimeSpan.Zero);
        await Stage.LiveAsync(TimeSpan.FromSeconds(0.5 + 2 * random.NextDouble()), cancellationToken);
        broker.Reply = _ => BrokerReply.Honest;
        await stage.DeliversAsync("what a broker forgot");
        await stage.EndAsync();

        using (var keys = TrustedKeys.Load([stage.SigningCertificate]))
        {
            var seen = new Reception(broker.Ledger, keys);
            if (!seen.Verdict.Faults.Any(fault => fault.Code is FaultCode.Missing)) stage.History.Fault("I1: the receiver does not see that the broker forgot something");
            foreach (var kept in GatewayLedger.Read(stage.State).Segments)
                if (!seen.Distinct.Any(payload => payload.Facts.Hash == kept.Segment.Hash)) broker.Ledger.Add(kept.Segment.Line);
        }
        return await stage.JudgeAsync();
    }
}
