namespace EdgeGateway.SystemTests.FaultProgramme.Processes;

/// <summary>A stage at a real broker that keeps nothing on disk, with the platform subscribed.</summary>
internal sealed class MosquittoRound : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();

    public MosquittoRound()
    {
        Broker = new Mosquitto(_folder.Sub("broker"), "allow_anonymous true", "max_queued_messages 0");
        Platform = new Subscriber(Broker.Port);
        Stage = new Stage($"mqtt://127.0.0.1:{Broker.Port}", Platform.Ledger);
    }

    public Mosquitto Broker { get; }

    public Subscriber Platform { get; }

    public Stage Stage { get; }

    /// <summary>Everything runs and readings arrive.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await Broker.Start();
        await Platform.StartAsync();
        await Stage.StartPlantAsync(cancellationToken);
        await Stage.StartAsync();
        await Stage.DeliversAsync("the first start");
    }

    public async ValueTask DisposeAsync()
    {
        await Stage.DisposeAsync();
        await Platform.DisposeAsync();
        await Broker.DisposeAsync();
        _folder.Dispose();
    }
}
