using EdgeGateway.Commands.Demo;
using EdgeGateway.Config;
using EdgeGateway.Evidence;
using EdgeGateway.Receiving;

namespace EdgeGateway.Tests.Uplink;

public sealed class OldProtocolTests
{
    [Fact]
    public async Task In_MQTT_3_1_1_everything_arrives_and_the_birth_says_so()
    {
        await using var broker = new EmbeddedBroker();
        await broker.StartAsync();
        var url = new Uri($"mqtt://{broker.EndPoint}");
        using var folder = new TemporaryFolder();
        using var keys = SealedSegments.TrustedKeys();
        await using (var receiver = new LineReceiver(new ReceiverSettings(new BrokerSettings { Urls = [url] }, "receiver", folder.Path), keys, TimeProvider.System))
        {
            receiver.Start();
            await Eventually.Is(() => receiver.HasListened, () => $"{receiver.Trouble}");
            await using var bench = new UplinkBench(settings => settings with { Mqtt = MqttVersion.V311 }, urls: url);
            bench.Append(20);
            await bench.StartAsync();

            await bench.Delivered();

            // 20 segments and the birth.
            await Eventually.Is(() => receiver.Status is { Payloads: 20, Statements: >= 1 }, () => $"{receiver.Status}");
            Assert.Contains(bench.Log.Lines, line => line.Contains("MQTT 3.1.1", StringComparison.Ordinal));
        }
        var births = EgbFile.Lines(folder.Sub("received.egb1")).Select(line => UplinkBench.Payload(line.ToArray())).Where(payload => payload.GetProperty("k").GetString() == "birth");
        Assert.Equal("3.1.1", Assert.Single(births).GetProperty("mq").GetString());
    }
}
