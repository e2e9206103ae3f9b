using System.Text.Json;
using EdgeGateway.Config;
using EdgeGateway.Diagnostics;
using EdgeGateway.Evidence;
using EdgeGateway.Outbox;
using EdgeGateway.Uplink;

namespace EdgeGateway.Tests.Uplink;

/// <summary>A publisher over a real store, towards whatever brokers the test has.</summary>
internal sealed class UplinkBench : IAsyncDisposable
{
    private readonly Publisher _publisher;
    private bool _isStopped;

    public UplinkBench(Func<BrokerSettings, BrokerSettings> change, TimeProvider? time = null, OutboxSettings? limits = null, Random? dice = null, params Uri[] urls)
    {
        Outbox = LiteDbOutbox.Open(Folder.Path, limits ?? new OutboxSettings(), TimeProvider.System);
        var plant = Plants.Of() with
        {
            Broker = change(new BrokerSettings { Urls = [.. urls], KeepAlive = TimeSpan.FromSeconds(60), AckTimeout = TimeSpan.FromSeconds(30), Overlap = TimeSpan.Zero }),
        };
        _publisher = new Publisher(plant, Outbox, Sealed.Sealer, Inbox, Resends, Status, time ?? TimeProvider.System, dice ?? new Random(), Log);
    }

    public TemporaryFolder Folder { get; } = new();

    public LiteDbOutbox Outbox { get; }

    public SealedSegments Sealed { get; } = new();

    public GatewayStatus Status { get; } = new();

    public CommandInbox Inbox { get; } = new(isOpen: false);

    public Resends Resends { get; } = new();

    public RecordedLog<Publisher> Log { get; } = new();

    public static UplinkBench Towards(ScriptedBroker broker, Func<BrokerSettings, BrokerSettings>? change = null, TimeProvider? time = null, OutboxSettings? limits = null, Random? dice = null) =>
        new(change ?? (settings => settings), time, limits, dice, new Uri($"mqtt://127.0.0.1:{broker.Port}"));

    public void Append(int count, string stream = Streams.Readings, int bytes = 100)
    {
        // Of today: what is delivered and over age leaves the store with the next append.
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        for (var i = 0; i < count; i++) Outbox.Append(new([Sealed.Next(stream, bytes, now)]));
    }

    public Task StartAsync() => _publisher.StartAsync(CancellationToken.None);

    public async Task StopAsync()
    {
        _isStopped = true;
        await _publisher.StopAsync(CancellationToken.None);
    }

    public Task Delivered() => Eventually.Is(() => Outbox.Depth.Undelivered == 0, () => $"{Outbox.Depth}; {Status.Uplink}");

    public async ValueTask DisposeAsync()
    {
        if (!_isStopped) await StopAsync();
        Assert.True(_publisher.ExecuteTask?.Exception is null, $"{_publisher.ExecuteTask?.Exception}");
        _publisher.Dispose();
        Outbox.Dispose();
        Folder.Dispose();
    }

    /// <summary>A member of the payload inside a line.</summary>
    public static JsonElement Payload(byte[] line) => JsonDocument.Parse(Envelope.PayloadOf(line).ToArray()).RootElement;

    public static long Sequence(ScriptedBroker.Message message) => Payload(message.Payload).GetProperty("sq").GetInt64();
}
