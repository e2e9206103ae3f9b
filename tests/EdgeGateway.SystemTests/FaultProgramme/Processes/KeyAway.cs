namespace EdgeGateway.SystemTests.FaultProgramme.Processes;

/// <summary>
/// The signing key is gone while the gateway is started and killed again and again: it records all the same, publishes nothing of it, and once the key is back everything arrives under the numbers it got at first.
/// </summary>
internal sealed class KeyAway : IFaultScenario
{
    public string Name => "key-away";

    public int Rounds => 2;

    public async Task<FaultOutcome> PlayAsync(int seed, CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        await using var broker = new ReceivingBroker();
        broker.Start();
        await using var stage = new Stage(broker.Url, broker.Ledger);
        await stage.StartPlantAsync(cancellationToken);
        await stage.StartAsync();
        await stage.DeliversAsync("the first start");
        await KillAsync(stage);

        var key = stage.Site.SigningKey;
        File.Move(key, stage.Sub("taken"));
        var gone = Stage.NowMs;
        for (var kill = random.Next(1, 4); kill > 0; kill--)
        {
            await stage.StartAsync();
            await stage.Gateway.Says("the signing key cannot be used");
            await Stage.LiveAsync(TimeSpan.FromSeconds(2) * random.NextDouble(), cancellationToken);
            await KillAsync(stage);
        }
        var atOnce = random.Next(2) == 0;
        if (!atOnce)
        {
            await stage.StartAsync();
            await stage.Gateway.Says("the signing key cannot be used");
        }
        if (stage.Receiver.NewestReadingMs > gone) stage.History.Fault("I4: readings that were sealed while there was no key have been published");
        File.Move(stage.Sub("taken"), key);
        if (atOnce) await stage.StartAsync();
        else await stage.Gateway.Says("the signing key works again");

        await stage.DeliversAsync("the key's return");
        await stage.EndAsync();
        return await stage.JudgeAsync();
    }

    private static Task KillAsync(Stage stage)
    {
        stage.History.Harms++;
        return stage.KillAsync();
    }
}
