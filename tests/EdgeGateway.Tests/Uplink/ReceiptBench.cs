using System.Security.Cryptography;
using EdgeGateway.Commands.Demo;
using EdgeGateway.Config;
using EdgeGateway.Diagnostics;
using EdgeGateway.Evidence;
using EdgeGateway.Outbox;
using EdgeGateway.Recording;
using EdgeGateway.Uplink;
using Microsoft.Extensions.Logging.Abstractions;
using MQTTnet;
using MQTTnet.Protocol;

namespace EdgeGateway.Tests.Uplink;

/// <summary>A gateway that is told of receipts (store, recorder, uplink, desk), a real broker, and a platform with a key.</summary>
internal sealed class ReceiptBench : IAsyncDisposable
{
    private readonly EmbeddedBroker _broker = new();
    private readonly ECDsa _platformKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly TrustedKeys _trusted = new();
    private readonly IMqttClient _platform = new MqttClientFactory().CreateMqttClient();
    private readonly RecordedLog<ReceiptDesk> _log = new();
    private readonly SealedSegments _segments = new();
    private readonly Resends _resends = new();
    private Recorder? _recorder;
    private Publisher? _publisher;
    private ReceiptDesk? _desk;

    public ReceiptBench()
    {
        Outbox = LiteDbOutbox.Open(Folder.Sub("outbox"), new OutboxSettings { NeedsReceipts = true }, TimeProvider.System);
        Platform = new Es256Signer(_platformKey);
        _trusted.Add(ECDsa.Create(_platformKey.ExportParameters(includePrivateParameters: false)));
    }

    public TemporaryFolder Folder { get; } = new();

    public LiteDbOutbox Outbox { get; }

    public Es256Signer Platform { get; }

    public GatewayStatus Status { get; } = new();

    public BootClock Clock => _segments.Sealer.Clock;

    public Uri Url => new($"mqtt://{_broker.EndPoint}");

    public IReadOnlyList<string> LogLines => _log.Lines;

    /// <summary>The sealed events named <c>receipt</c>.</summary>
    public IReadOnlyList<string> Events => [.. Outbox.Stored(Streams.Events, 1, long.MaxValue, 1000).Select(segment => System.Text.Encoding.UTF8.GetString(Envelope.PayloadOf(segment.Line)))
        .Where(payload => payload.Contains("\"ev\":\"receipt\"", StringComparison.Ordinal))];

    public async Task StartAsync(int readings)
    {
        var now = _segments.Sealer.Clock.Stamp().UtcMs;
        for (var i = 0; i < readings; i++) Outbox.Append(new([_segments.Next(Streams.Readings, 100, now)]));
        await _broker.StartAsync();
        await _platform.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", _broker.EndPoint.Port).WithClientId("platform").Build(), CancellationToken.None);
        await _platform.SubscribeAsync("ega/v1/+/+/up/#", MqttQualityOfServiceLevel.AtLeastOnce, CancellationToken.None);
        var plant = Plants.Of() with { Broker = new BrokerSettings { Urls = [Url], Overlap = TimeSpan.Zero, HeadEvery = TimeSpan.FromSeconds(1), Delivery = Delivery.Receipt } };
        var (events, inbox) = (new EventQueue(), new ReceiptInbox());
        _recorder = new Recorder(plant, new ReadingChannel(), events, Outbox, _segments.Sealer, new SlotBook(), new EdgeGateway.Precheck.AggregateBook(plant), Status, TimeProvider.System, NullLogger<Recorder>.Instance);
        _publisher = new Publisher(plant, Outbox, _segments.Sealer, new CommandInbox(isOpen: false), _resends, Status, TimeProvider.System, new Random(), NullLogger<Publisher>.Instance, inbox);
        _desk = new ReceiptDesk(plant, inbox, _trusted, events, Outbox, Clock, Status, TimeProvider.System, _log);
        await _publisher.StartAsync(CancellationToken.None);
        await _recorder.StartAsync(CancellationToken.None);
        await _desk.StartAsync(CancellationToken.None);
        await Eventually.Is(() => Outbox.Depth.Undelivered == 0, () => $"{Outbox.Depth}; {Status.Uplink}");
    }

    public ECParameters PlatformPublic => _platformKey.ExportParameters(includePrivateParameters: false);

    /// <summary>What the store has taken back is sent over the connection of now.</summary>
    public Task SendNowAsync()
    {
        _resends.Ask();
        return Eventually.Is(() => Outbox.Depth.Undelivered == 0, () => $"{Outbox.Depth}; {Status.Uplink}");
    }

    /// <summary>What an honest platform would say of readings up to a number.</summary>
    public PlatformReceipt Receipt(long high) =>
        new("test", "gw-1", 1, Streams.Readings, high, Outbox.Stored(Streams.Readings, high, high, 1)[0].Hash, Clock.Stamp().UtcMs);

    public Task PublishAsync(PlatformReceipt receipt, ISigner? by = null, string typ = PlatformReceipt.Typ) => PublishAsync(SignedStatement.Seal(by ?? Platform, typ, receipt.ToPayload()));

    public Task PublishAsync(byte[] line) => _platform.PublishAsync(
        new MqttApplicationMessage { Topic = "ega/v1/test/gw-1/dn/receipt", PayloadSegment = line, QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce }, CancellationToken.None);

    public Task Receipted(long high) => Eventually.Is(() => Outbox.Receipted(Streams.Readings)?.High == high,
        () => $"receipted: {Outbox.Receipted(Streams.Readings)?.High}; {Status.ReceiptTrouble}; {string.Join(" | ", LogLines)}");

    public async ValueTask DisposeAsync()
    {
        if (_desk is not null) await _desk.StopAsync(CancellationToken.None);
        if (_publisher is not null) await _publisher.StopAsync(CancellationToken.None);
        Assert.True(_desk?.ExecuteTask?.Exception is null, $"{_desk?.ExecuteTask?.Exception}");
        _desk?.Dispose();
        _publisher?.Dispose();
        _recorder?.Dispose();
        Outbox.Dispose();
        _platform.Dispose();
        await _broker.DisposeAsync();
        _trusted.Dispose();
        Platform.Dispose();
        Folder.Dispose();
    }
}
