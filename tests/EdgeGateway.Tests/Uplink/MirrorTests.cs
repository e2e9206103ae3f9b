using System.Collections.Concurrent;
using System.Text;
using EdgeGateway.Commands.Demo;
using EdgeGateway.Config;
using EdgeGateway.Evidence;
using EdgeGateway.Uplink;
using Microsoft.Extensions.Logging.Abstractions;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace EdgeGateway.Tests.Uplink;

public sealed class MirrorTests
{
    private const string Data = """
        ,"g":[{"id":"cems1/fast","pm":1000,"n":3,"o":1,"s":[["cems1.so2","mg/m3",""],["cems1.o2","%",""]]}],"r":[[0,1,7,5,[12.30,8.1]],[0,1,8,20,[12.40,null],[0,2]],[0,1,6,0,[1,1]]]
        """;

    private const string Plain = """
        {"site":"test","gateway":"gw-1","signals":{"cems1.o2":{"value":null,"unit":"%","time":1020,"quality":2},"cems1.so2":{"value":12.40,"unit":"mg/m3","time":1020,"quality":0}}}
        """;

    [Fact]
    public void The_newest_value_of_each_signal_stands_with_its_digits()
    {
        var segment = new SealedSegments().Data(Encoding.ASCII.GetBytes(Data.Trim()), 1000, 1020);
        Assert.Equal(Plain.Trim(), Encoding.UTF8.GetString(NewestValues.Of(Envelope.PayloadOf(segment.Line).ToArray())!));
    }

    [Fact]
    public void What_is_no_data_gives_nothing() => Assert.Null(NewestValues.Of(Envelope.PayloadOf(new SealedSegments().Next().Line).ToArray()));

    [Fact]
    public async Task A_dashboard_gets_plain_values_at_QoS_0()
    {
        await using var broker = new EmbeddedBroker();
        await broker.StartAsync();
        using var dashboard = new MqttClientFactory().CreateMqttClient();
        var heard = new ConcurrentQueue<MqttApplicationMessage>();
        dashboard.ApplicationMessageReceivedAsync += message =>
        {
            heard.Enqueue(message.ApplicationMessage);
            return Task.CompletedTask;
        };
        await dashboard.ConnectAsync(new MqttClientOptionsBuilder().WithProtocolVersion(MqttProtocolVersion.V500).WithTcpServer("127.0.0.1", broker.EndPoint.Port).Build(), TestContext.Current.CancellationToken);
        await dashboard.SubscribeAsync("plant/values", MqttQualityOfServiceLevel.AtLeastOnce, TestContext.Current.CancellationToken);
        await using var bench = new UplinkBench(settings => settings, urls: new Uri($"mqtt://{broker.EndPoint}"));
        using var mirror = Of(bench, new Uri($"mqtt://{broker.EndPoint}"));
        await mirror.StartAsync(CancellationToken.None);

        bench.Outbox.Append(new([bench.Sealed.Data(Encoding.ASCII.GetBytes(Data.Trim()), 1000, 1020)]));

        await Eventually.Is(() => !heard.IsEmpty, "nothing at the dashboard");
        Assert.True(heard.TryPeek(out var message));
        Assert.Equal(Plain.Trim(), message.ConvertPayloadToString());
        Assert.Equal(MqttQualityOfServiceLevel.AtMostOnce, message.QualityOfServiceLevel);
        await mirror.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task A_mirror_whose_broker_is_deaf_or_away_stops_nothing()
    {
        await using var evidence = new ScriptedBroker();
        evidence.Start();
        using var deaf = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0); // takes connections and never says a word
        deaf.Start();
        await using var bench = UplinkBench.Towards(evidence);
        using var mirror = Of(bench, new Uri($"mqtt://127.0.0.1:{((System.Net.IPEndPoint)deaf.LocalEndpoint).Port}"));
        using var away = Of(bench, new Uri("mqtt://127.0.0.1:1"));
        await mirror.StartAsync(CancellationToken.None);
        await away.StartAsync(CancellationToken.None);
        await bench.StartAsync();
        bench.Append(50);

        await bench.Delivered();

        Assert.False(mirror.ExecuteTask!.IsCompleted);
        Assert.False(away.ExecuteTask!.IsCompleted);
        await mirror.StopAsync(CancellationToken.None);
        await away.StopAsync(CancellationToken.None);
        Assert.True(mirror.ExecuteTask.IsCompletedSuccessfully);
        Assert.True(away.ExecuteTask.IsCompletedSuccessfully);
    }

    private static Mirror Of(UplinkBench bench, Uri url) =>
        new(Plants.Of(), new MirrorSettings { Url = url, Topic = "plant/values" }, bench.Outbox, TimeProvider.System, NullLogger<Mirror>.Instance);
}
