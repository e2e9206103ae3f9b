using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using EdgeGateway.Commands.Demo;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace EdgeGateway.SystemTests;

/// <summary>A broker inside the test and somebody who listens to everything at it: the platform for tests that are not about the platform.</summary>
internal sealed class Platform : IAsyncDisposable
{
    private readonly EmbeddedBroker _broker = new();
    private readonly ConcurrentQueue<string> _lines = [];
    private IMqttClient? _listener;

    /// <summary>Where it is, or will be once it is there again.</summary>
    public string Url => $"mqtt://{_broker.EndPoint}";

    /// <summary>What has been published, as it came.</summary>
    public IReadOnlyList<string> Lines => [.. _lines];

    /// <summary>The payloads that have come, in order of arrival.</summary>
    public IReadOnlyList<JsonElement> Payloads => [.. _lines.Select(line => JsonDocument.Parse(line.Split('|', 3)[2]).RootElement)];

    public async Task Start()
    {
        await _broker.StartAsync();
        _listener = new MqttClientFactory().CreateMqttClient();
        _listener.ApplicationMessageReceivedAsync += message =>
        {
            _lines.Enqueue(Encoding.UTF8.GetString(message.ApplicationMessage.Payload));
            return Task.CompletedTask;
        };
        await _listener.ConnectAsync(new MqttClientOptionsBuilder()
            .WithProtocolVersion(MqttProtocolVersion.V500).WithTcpServer("127.0.0.1", _broker.EndPoint.Port).WithClientId("platform").Build(), CancellationToken.None);
        await _listener.SubscribeAsync("#", MqttQualityOfServiceLevel.AtLeastOnce, CancellationToken.None);
    }

    public async Task Stop()
    {
        _listener?.Dispose();
        await _broker.StopAsync();
    }

    /// <summary>Writes what has come as a receiver would.</summary>
    public string Save(string file)
    {
        File.WriteAllText(file, string.Concat(_lines.Select(line => line + "\n")));
        return file;
    }

    /// <summary>The qualities that have come for a signal, in order of arrival.</summary>
    public IReadOnlyList<int> QualitiesOf(string signal) => [.. ReadingsOf(signal).Select(reading => reading.Quality)];

    /// <summary>The readings that have come for a signal, in order of arrival.</summary>
    public IReadOnlyList<PlatformReading> ReadingsOf(string signal) => PlatformReading.Of(signal, Payloads);

    public async ValueTask DisposeAsync()
    {
        _listener?.Dispose();
        await _broker.DisposeAsync();
    }
}
