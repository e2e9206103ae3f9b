using EdgeGateway.PlantSimulator;

namespace EdgeGateway.SystemTests.FaultProgramme;

/// <summary>A round in which all went well but for one kill: what the checker's own tests then spoil.</summary>
public sealed class HonestRound : IAsyncLifetime
{
    // Long enough that what stands in its middle is far from the kill, the start and the stop.
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(5);

    private readonly ReceivingBroker _broker = new();
    private Stage? _stage;
    private GatewayLedger? _before;
    private GatewayLedger? _gateway;

    /// <summary>R as it came.</summary>
    internal IReadOnlyList<byte[]> Lines => _broker.Ledger.Lines;

    /// <summary>G at the end.</summary>
    internal GatewayLedger Gateway => _gateway ?? throw new InvalidOperationException("not played");

    /// <summary>G after the kill.</summary>
    internal GatewayLedger GatewayBefore => _before ?? throw new InvalidOperationException("not played");

    internal Stage Staged => _stage ?? throw new InvalidOperationException("not played");

    public async ValueTask InitializeAsync()
    {
        _broker.Start();
        _stage = new Stage(_broker.Url, _broker.Ledger);
        await _stage.StartPlantAsync(CancellationToken.None);
        await _stage.StartAsync();
        await _stage.DeliversAsync("the first start");
        await Stage.LiveAsync(Life, CancellationToken.None);
        await _stage.KillAsync();
        _before = GatewayLedger.Read(_stage.State);
        await _stage.StartAsync();
        await _stage.DeliversAsync("a kill");
        await Stage.LiveAsync(Life, CancellationToken.None);
        await _stage.EndAsync();
        _gateway = GatewayLedger.Read(_stage.State);
    }

    /// <summary>What the checker says if the receiver had got these lines.</summary>
    internal Task<FaultOutcome> JudgeAsync(IEnumerable<byte[]> lines, RoundHistory? history = null, GatewayLedger? gateway = null)
    {
        var receiver = new ReceiverLedger();
        foreach (var line in lines) receiver.Add(line);
        return InvariantCheck.JudgeAsync(new Ledgers(new DeviceLedger(Staged.Plant), gateway ?? Gateway, receiver, [Staged.SigningCertificate]), history ?? new RoundHistory { Linger = Stage.Linger });
    }

    /// <summary>Has a device serve a value that no gateway asked for.</summary>
    internal void ServeUnasked(long utcMs)
    {
        var device = Staged.Plant.Device("dcs-1");
        var point = device.Points.First(point => point.Area == PointArea.Holding);
        var before = Staged.Plant.Ledger!.Count; // a stage's plant keeps one
        device.Answer([0x03, 0, (byte)point.Address, 0, (byte)point.Width], new byte[253], utcMs, Fault.None);
        Assert.Equal(before + 1, Staged.Plant.Ledger.Count);
    }

    public async ValueTask DisposeAsync()
    {
        if (_stage is not null) await _stage.DisposeAsync();
        await _broker.DisposeAsync();
    }
}
