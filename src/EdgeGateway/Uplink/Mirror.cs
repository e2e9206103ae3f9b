using EdgeGateway.Config;
using EdgeGateway.Evidence;
using EdgeGateway.Outbox;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Protocol;

namespace EdgeGateway.Uplink;

/// <summary>
/// The newest values as plain JSON, for dashboards on site: QoS 0, best effort, no evidence. Looks into the store once a second and has nothing else in common
/// with the way of the evidence, so it can neither delay nor stop it; what it misses it leaves out.
/// </summary>
internal sealed class Mirror(Plant plant, MirrorSettings settings, IOutbox outbox, TimeProvider time, ILogger<Mirror> log) : BackgroundService
{
    private const int MostSegments = 8;
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryEvery = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private string? _trouble;
    private long _shown;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The newest one is shown at once, the ones before it are no news.
        _shown = outbox.Tail(Streams.Readings).Sequence - 1;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ShowAsync(stoppingToken).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // whatever happens to a dashboard must not stop the gateway
            catch (Exception e)
#pragma warning restore CA1031
            {
                if (stoppingToken.IsCancellationRequested) return;
                if (_trouble != e.Message) log.MirrorFails(settings.Url, e.Message);
                _trouble = e.Message;
            }
            await Task.Delay(RetryEvery, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ShowAsync(CancellationToken stoppingToken)
    {
        using var client = new MqttClientFactory().CreateMqttClient();
        await WithinPatience(token => client.ConnectAsync(Options(), token), stoppingToken).ConfigureAwait(false);
        if (!client.IsConnected) throw new LinkLostException("the broker refuses the connection; check mirror.username and mirror.password-file");
        _trouble = null;
        while (true)
        {
            await Task.Delay(LookEvery, time, stoppingToken).ConfigureAwait(false);
            foreach (var message in Fresh())
                await WithinPatience(token => client.PublishAsync(Message(message), token), stoppingToken).ConfigureAwait(false);
            if (!client.IsConnected) throw new LinkLostException("the connection is lost");
        }
    }

    /// <summary>What was stored since the last look; of too much, the newest.</summary>
    private List<byte[]> Fresh()
    {
        var tail = outbox.Tail(Streams.Readings).Sequence;
        if (tail <= _shown) return [];
        var segments = outbox.Stored(Streams.Readings, Math.Max(Math.Max(1, _shown + 1), tail - MostSegments + 1), tail, MostSegments);
        _shown = tail;
        return [.. segments.Select(segment => NewestValues.Of(Envelope.PayloadOf(segment.Line).ToArray())).OfType<byte[]>()];
    }

    private MqttApplicationMessage Message(byte[] json) => new()
    {
        Topic = settings.Topic,
        PayloadSegment = json,
        ContentType = "application/json",
        QualityOfServiceLevel = MqttQualityOfServiceLevel.AtMostOnce,
        Retain = settings.Retain,
    };

    private MqttClientOptions Options()
    {
        var broker = new BrokerSettings { Urls = [settings.Url], CaFile = settings.CaFile, UserName = settings.UserName, PasswordFile = settings.PasswordFile };
        var options = new MqttClientOptionsBuilder()
            .WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V500)
            .WithTcpServer(settings.Url.Host, settings.Url.Port)
            .WithClientId($"{plant.Site}-{plant.Gateway}-mirror");
        if (broker.UserName is not null) options.WithCredentials(broker.UserName, BrokerPassword.Read(broker));
        if (settings.Url.Scheme == "mqtts") options.WithTlsOptions(tls => BrokerTls.Configure(tls, broker, settings.Url));
        return options.Build();
    }

    private async Task WithinPatience<T>(Func<CancellationToken, Task<T>> ask, CancellationToken stoppingToken)
    {
        using var deadline = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stoppingToken);
        await ask(both.Token).ConfigureAwait(false);
    }
}
