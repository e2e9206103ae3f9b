using System.Text.Json;
using EdgeGateway.Config;
using EdgeGateway.Diagnostics;
using EdgeGateway.Evidence;
using EdgeGateway.Outbox;
using EdgeGateway.Uplink;
using Microsoft.Extensions.Logging;

namespace EdgeGateway.Tests.Uplink;

/// <summary>A publisher over a real store, towards whatever brokers the test has.</summary>
internal sealed class UplinkBench : IAsyncDisposable
{
    private readonly Publisher _publisher;
    private bool _isStopped;

    public UplinkBench(Func<BrokerSettings, BrokerSettings> change, TimeProvider? time = null, OutboxSettings? limits = null, params Uri[] urls)
    {
        Outbox = LiteDbOutbox.Open(Folder.Path, limits ?? new OutboxSettings(), TimeProvider.System);
        var plant = Plants.Of() with
        {
            Broker = change(new BrokerSettings { Urls = [.. urls], KeepAlive = TimeSpan.FromSeconds(60), AckTimeout = TimeSpan.FromSeconds(30), Overlap = TimeSpan.Zero }),
        };
        _publisher = new Publisher(plant, Outbox, Sealed.Sealer, Inbox, Resends, Status, time ?? TimeProvider.System, Log);
    }

    public TemporaryFolder Folder { get; } = new();

    public LiteDbOutbox Outbox { get; }

    public SealedSegments Sealed { get; } = new();

    public GatewayStatus Status { get; } = new();

    public CommandInbox Inbox { get; } = new(isOpen: false);

    public Resends Resends { get; } = new();

    public RecordedLog Log { get; } = new();

    public static UplinkBench Towards(ScriptedBroker broker, Func<BrokerSettings, BrokerSettings>? change = null, TimeProvider? time = null, OutboxSettings? limits = null) =>
        new(change ?? (settings => settings), time, limits, new Uri($"mqtt://127.0.0.1:{broker.Port}"));

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

    /// <summary>Everything that was logged.</summary>
    internal sealed class RecordedLog : ILogger<Publisher>
    {
        private readonly Lock _lock = new();
        private readonly List<string> _lines = [];

        public IReadOnlyList<string> Lines
        {
            get
            {
                lock (_lock) return [.. _lines];
            }
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_lock) _lines.Add($"{formatter(state, exception)} {exception}");
        }
    }
}
