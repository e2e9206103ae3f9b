namespace EdgeGateway.SystemTests.FaultProgramme.Processes;

/// <summary>Killed while the store, its epoch and the signing key are made for the first time: the next start finishes it, without a human.</summary>
internal sealed class KillFirstStart : IFaultScenario
{
    private const int Kills = 3;

    public string Name => "kill-first-start";

    public int Rounds => 2;

    public async Task<FaultOutcome> PlayAsync(int seed, CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        await using var broker = new ReceivingBroker();
        broker.Start();
        await using var stage = new Stage(broker.Url, broker.Ledger);
        await stage.StartPlantAsync(cancellationToken);
        string[] signs = ["", "outbox", Path.Combine("outbox", "epoch"), "keys", Path.Combine("keys", "signing.key"), Path.Combine("keys", "signing.crt")];
        for (var kill = 0; kill < Kills; kill++)
        {
            var sign = Path.Combine(stage.State, signs[random.Next(signs.Length)]);
            var gateway = stage.Launch();
            // Looked for without a pause: these moments are short.
            while (!Path.Exists(sign) && !gateway.HasEnded) await Task.Yield();
            await Stage.LiveAsync(TimeSpan.FromMilliseconds(random.Next(4) * random.Next(20)), cancellationToken);
            if (gateway.HasEnded) stage.History.Fault($"the start after a killed one ended by itself: {gateway}");
            stage.History.Harms++;
            await gateway.Kill();
        }
        await stage.StartAsync();
        await stage.DeliversAsync("a first start that was killed");
        await stage.EndAsync();
        return await stage.JudgeAsync();
    }
}
