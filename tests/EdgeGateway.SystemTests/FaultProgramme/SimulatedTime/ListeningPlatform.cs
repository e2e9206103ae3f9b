using EdgeGateway.Commands.Demo;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace EdgeGateway.SystemTests.FaultProgramme.SimulatedTime;

/// <summary>A broker in this process and a receiver at it that keeps every line as it came, with its simulated time of arrival.</summary>
internal sealed class ListeningPlatform(TimeProvider time) : IAsyncDisposable
{
    private readonly EmbeddedBroker _broker = new();
    private readonly IMqttClient _listener = new MqttClientFactory().CreateMqttClient();
    private readonly Lock _gate = new();
    private readonly List<Arrival> _arrivals = [];
    private long _bytes;
    private long _sequenced;

    public System.Net.IPEndPoint EndPoint => _broker.EndPoint;

    public ReceiverLedger Ledger { get; } = new();

    /// <summary>Everything so far, in order of arrival: a copy.</summary>
    public IReadOnlyList<Arrival> Arrivals
    {
        get
        {
            lock (_gate) return [.. _arrivals];
        }
    }

    /// <summary>Lines of segments so far, repeats included.</summary>
    public long Sequenced => Interlocked.Read(ref _sequenced);

    /// <summary>What this receiver itself keeps in memory, about.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    public async Task StartAsync()
    {
        await _broker.StartAsync().ConfigureAwait(false);
        _listener.ApplicationMessageReceivedAsync += message =>
        {
            Take(message.ApplicationMessage);
            return Task.CompletedTask;
        };
        await _listener.ConnectAsync(new MqttClientOptionsBuilder()
            .WithProtocolVersion(MqttProtocolVersion.V500).WithTcpServer("127.0.0.1", EndPoint.Port).WithClientId("platform").Build(), CancellationToken.None).ConfigureAwait(false);
        await _listener.SubscribeAsync("#", MqttQualityOfServiceLevel.AtLeastOnce, CancellationToken.None).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _broker.DisposeAsync().ConfigureAwait(false);
    }

    private void Take(MqttApplicationMessage message)
    {
        // Of its own for each list: the ledger copies what it is handed.
        byte[] line = [.. System.Buffers.BuffersExtensions.ToArray(message.Payload)];
        Ledger.Add(line);
        lock (_gate) _arrivals.Add(new Arrival(TimeSpan.FromTicks(time.GetTimestamp()), message.Topic.EndsWith("/hist", StringComparison.Ordinal), line));
        Interlocked.Add(ref _bytes, 2 * (line.Length + 40) + 48);
        if (message.Topic.EndsWith("/hist", StringComparison.Ordinal) || message.Topic.EndsWith("/live", StringComparison.Ordinal)) Interlocked.Increment(ref _sequenced);
    }
}
