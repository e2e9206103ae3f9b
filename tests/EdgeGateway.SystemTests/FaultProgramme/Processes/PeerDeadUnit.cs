using EdgeGateway.PlantSimulator;

namespace EdgeGateway.SystemTests.FaultProgramme.Processes;

/// <summary>One of ten units on a line says nothing: its slots tell why, and the other nine neither wait for it nor repeat old values.</summary>
internal sealed class PeerDeadUnit : IFaultScenario
{
    private const int Units = 10;

    public string Name => "peer-dead-unit";

    public int Rounds => 1;

    public async Task<FaultOutcome> PlayAsync(int seed, CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        await using var broker = new ReceivingBroker();
        broker.Start();
        await using var stage = new Stage(broker.Url, broker.Ledger);
        for (var unit = 4; unit <= Units; unit++)
            stage.Site.Append("lines/meters-1.yaml", $"  - device: meter-{unit}\n    unit: {unit}\n    timeout: 500ms\n    map: meter-3p.csv\n    groups: {{ fast: 500ms, slow: 2s }}\n");
        await stage.StartPlantAsync(cancellationToken);
        await stage.StartAsync();
        await stage.DeliversAsync("the first start");
        stage.History.Harms++;
        var dead = stage.Plant.Device($"meter-{random.Next(1, Units + 1)}");
        dead.Fault = Fault.Silent;
        await stage.Gateway.Says($"device {dead.Name} does not answer");
        var before = Answers(stage, dead);
        await Stage.LiveAsync(TimeSpan.FromSeconds(4), cancellationToken);
        // Two questions a second for each of the nine; half of them would be a line that waits for the tenth.
        if (Answers(stage, dead) - before < 4 * (Units - 1)) stage.History.Fault($"I1: the other units were asked {Answers(stage, dead) - before} times in 4 s");
        dead.Fault = Fault.None;
        await stage.DeliversAsync("a unit that was dead");
        await stage.EndAsync();
        return await stage.JudgeAsync();
    }

    private static long Answers(Stage stage, SimulatedDevice dead) =>
        stage.Plant.Devices.Where(device => device.Name.StartsWith("meter-", StringComparison.Ordinal) && device != dead).Sum(device => device.Answers);
}
