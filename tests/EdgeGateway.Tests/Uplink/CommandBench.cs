using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EdgeGateway.Commands.Demo;
using EdgeGateway.Config;
using EdgeGateway.Diagnostics;
using EdgeGateway.Evidence;
using EdgeGateway.Outbox;
using EdgeGateway.Precheck;
using EdgeGateway.Recording;
using EdgeGateway.Uplink;
using Microsoft.Extensions.Logging.Abstractions;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace EdgeGateway.Tests.Uplink;

/// <summary>A gateway that takes commands (store, recorder, uplink, desk), a real broker, and a platform that listens and has a key.</summary>
internal sealed class CommandBench : IAsyncDisposable
{
    private readonly EmbeddedBroker _broker = new();
    private readonly Lock _lock = new();
    private readonly List<(string Topic, byte[] Line)> _heard = [];
    private readonly ECDsa _platformKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly TrustedKeys _trusted = new();
    private readonly IMqttClient _platform = new MqttClientFactory().CreateMqttClient();
    private readonly RecordedLog<CommandDesk> _log = new();
    private Recorder? _recorder;
    private Publisher? _publisher;
    private CommandDesk? _desk;
    private bool _isClosed;

    public CommandBench()
    {
        Outbox = LiteDbOutbox.Open(Folder.Sub("outbox"), new OutboxSettings(), TimeProvider.System);
        Platform = new Es256Signer(_platformKey);
        _trusted.Add(ECDsa.Create(_platformKey.ExportParameters(includePrivateParameters: false)));
    }

    public TemporaryFolder Folder { get; } = new();

    public LiteDbOutbox Outbox { get; }

    public Es256Signer Platform { get; }

    public ECDsa PlatformKey => _platformKey;

    public Uri Url => new($"mqtt://{_broker.EndPoint}");

    public IReadOnlyList<string> LogLines => _log.Lines;

    /// <summary>What has arrived, in order.</summary>
    public IReadOnlyList<(string Topic, byte[] Line)> Heard
    {
        get
        {
            lock (_lock) return [.. _heard];
        }
    }

    /// <summary>The payloads of the events named <c>command</c>, each once.</summary>
    public IReadOnlyList<JsonElement> Answers => [.. Heard.Where(heard => heard.Topic.Contains("/up/events/", StringComparison.Ordinal) && !heard.Topic.EndsWith("/head", StringComparison.Ordinal))
        .Select(heard => UplinkBench.Payload(heard.Line)).Where(payload => payload.TryGetProperty("ev", out var name) && name.GetString() == "command").DistinctBy(payload => payload.GetProperty("sq").GetInt64())];

    /// <summary>Starts all of it with <paramref name="readings"/> delivered segments.</summary>
    public async Task StartAsync(int readings, bool takesCommands = true)
    {
        var segments = new SealedSegments();
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        for (var i = 0; i < readings; i++) Outbox.Append(new([segments.Next(Streams.Readings, 100, now)]));
        await _broker.StartAsync();
        await ListenAsync();
        var plant = Plants.Of() with { Broker = new BrokerSettings { Urls = [Url], Overlap = TimeSpan.Zero } };
        var (events, resends, inbox, status) = (new EventQueue(), new Resends(), new CommandInbox(takesCommands), new GatewayStatus());
        _recorder = new Recorder(plant, new ReadingChannel(), events, Outbox, segments.Sealer, new SlotBook(), new AggregateBook(plant), status, TimeProvider.System, NullLogger<Recorder>.Instance);
        _publisher = new Publisher(plant, Outbox, segments.Sealer, inbox, resends, status, TimeProvider.System, new Random(), NullLogger<Publisher>.Instance);
        _desk = new CommandDesk(plant, inbox, _trusted, events, Outbox, resends, TimeProvider.System, _log);
        await _publisher.StartAsync(CancellationToken.None);
        await _recorder.StartAsync(CancellationToken.None);
        await _desk.StartAsync(CancellationToken.None);
        await Eventually.Is(() => Outbox.Depth.Undelivered == 0, () => $"{Outbox.Depth}; {status.Uplink}");
    }

    public static PlatformCommand Resend(long number, long low, long high, string stream = Streams.Readings) =>
        new("test", "gw-1", 1, number, PlatformCommand.ResendVerb, new ResendOrder(stream, low, high));

    public byte[] Sign(PlatformCommand command) => SignedStatement.Seal(Platform, PlatformCommand.Typ, command.ToPayload());

    public Task<MqttClientPublishResult> PublishAsync(string line) => PublishAsync(Encoding.UTF8.GetBytes(line));

    public Task<MqttClientPublishResult> PublishAsync(byte[] line) => _platform.PublishAsync(
        new MqttApplicationMessage { Topic = "ega/v1/test/gw-1/dn/command", PayloadSegment = line, QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce }, CancellationToken.None);

    public Task Answered(long number) => Eventually.Is(() => Answers.Any(answer => answer.GetProperty("no").GetInt64() == number), () => $"command {number} is not answered: {string.Join(" | ", LogLines)}");

    /// <summary>As if the power were gone: nobody has written a last word.</summary>
    public async Task CloseStoreAsync()
    {
        if (_isClosed) return;
        _isClosed = true;
        if (_desk is not null) await _desk.StopAsync(CancellationToken.None);
        if (_publisher is not null) await _publisher.StopAsync(CancellationToken.None);
        Outbox.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await CloseStoreAsync();
        Assert.True(_desk?.ExecuteTask?.Exception is null, $"{_desk?.ExecuteTask?.Exception}");
        _desk?.Dispose();
        _publisher?.Dispose();
        _recorder?.Dispose();
        _platform.Dispose();
        await _broker.DisposeAsync();
        _trusted.Dispose();
        Platform.Dispose();
        Folder.Dispose();
    }

    private async Task ListenAsync()
    {
        _platform.ApplicationMessageReceivedAsync += message =>
        {
            var line = System.Buffers.BuffersExtensions.ToArray(message.ApplicationMessage.Payload);
            lock (_lock) _heard.Add((message.ApplicationMessage.Topic, line));
            return Task.CompletedTask;
        };
        await _platform.ConnectAsync(new MqttClientOptionsBuilder()
            .WithProtocolVersion(MqttProtocolVersion.V500).WithTcpServer("127.0.0.1", _broker.EndPoint.Port).WithClientId("platform").Build(), CancellationToken.None);
        await _platform.SubscribeAsync("ega/v1/+/+/up/#", MqttQualityOfServiceLevel.AtLeastOnce, CancellationToken.None);
    }
}
