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
    public IReadOnlyList<PlatformReading> ReadingsOf(string signal) =>
        [.. Payloads.Where(payload => payload.GetProperty("k").GetString() == "data").SelectMany(payload => ReadingsIn(payload, signal))];

    public async ValueTask DisposeAsync()
    {
        _listener?.Dispose();
        await _broker.DisposeAsync();
    }

    // docs/wire.md §4.1: a row covers the group's signals from its first on; a group names them from its offset on.
    private static IEnumerable<PlatformReading> ReadingsIn(JsonElement payload, string signal)
    {
        foreach (var (index, group) in payload.GetProperty("g").EnumerateArray().Index())
        {
            var named = group.GetProperty("s").EnumerateArray().Select(entry => entry[0].GetString()).ToList().IndexOf(signal);
            if (named < 0) continue;
            foreach (var row in payload.GetProperty("r").EnumerateArray().Where(row => row[0].GetInt32() == index))
            {
                var at = group.GetProperty("o").GetInt32() + named - row[1].GetInt32();
                if (at < 0 || at >= row[4].GetArrayLength()) continue;
                var taken = DateTimeOffset.FromUnixTimeMilliseconds(payload.GetProperty("t0").GetInt64() + row[3].GetInt64());
                yield return new PlatformReading(row[2].GetInt64(), taken, row[4][at], QualityIn(row, at));
            }
        }
    }

    private static int QualityIn(JsonElement row, int at)
    {
        if (row.GetArrayLength() == 5) return 0;
        return row[5].ValueKind == JsonValueKind.Array ? row[5][at].GetInt32() : row[5].GetInt32();
    }
}
