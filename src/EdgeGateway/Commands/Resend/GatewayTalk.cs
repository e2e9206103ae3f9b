using System.Threading.Channels;
using EdgeGateway.Config;
using EdgeGateway.Evidence;
using EdgeGateway.Receiving;
using EdgeGateway.Uplink;
using MQTTnet;
using MQTTnet.Protocol;

namespace EdgeGateway.Commands.Resend;

/// <summary>The platform's side of a command: a connection that hears everything one gateway publishes, believes only what it signed, and can publish a command.</summary>
internal sealed class GatewayTalk : IDisposable
{
    private const int MostUnread = 4096;

    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly LineCheck _check;
    private readonly string _gateway;
    private readonly Topics _topics;
    private readonly Channel<byte[]> _lines = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(MostUnread) { SingleReader = true, FullMode = BoundedChannelFullMode.DropOldest });

    public GatewayTalk(string root, string site, string gateway, TrustedKeys keys)
    {
        (_gateway, _topics, _check) = (gateway, new Topics(root, site, gateway), new LineCheck(keys, new PayloadParser(keepsRows: false)));
        _client.ApplicationMessageReceivedAsync += message =>
        {
            if (OuterCoding.LineOf(message.ApplicationMessage) is { } line) _lines.Writer.TryWrite(line);
            return Task.CompletedTask;
        };
        _client.DisconnectedAsync += _ =>
        {
            _lines.Writer.TryComplete();
            return Task.CompletedTask;
        };
    }

    /// <summary>Connects and listens.</summary>
    /// <exception cref="LinkLostException">The broker does not take us; the message says why.</exception>
    public async Task ConnectAsync(BrokerSettings broker, CancellationToken cancellationToken)
    {
        var url = broker.Urls[0];
        var options = new MqttClientOptionsBuilder()
            .WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V500)
            .WithTcpServer(url.Host, url.Port > 0 ? url.Port : url.Scheme == "mqtts" ? 8883 : 1883)
            .WithClientId($"edgegateway-command-{Guid.NewGuid():N}")
            .WithCleanStart(true);
        if (broker.UserName is not null) options.WithCredentials(broker.UserName, BrokerPassword.Read(broker));
        if (url.Scheme == "mqtts") options.WithTlsOptions(tls => BrokerTls.Configure(tls, broker, url));
        var connected = await _client.ConnectAsync(options.Build(), cancellationToken).ConfigureAwait(false);
        if (connected.ResultCode != MqttClientConnectResultCode.Success)
            throw new LinkLostException($"broker {url} refused the connection: {BrokerReasons.OfRefusal((byte)connected.ResultCode)}");
        var subscribed = await _client.SubscribeAsync(_topics.Everything, MqttQualityOfServiceLevel.AtLeastOnce, cancellationToken).ConfigureAwait(false);
        if (subscribed.Items.Any(item => item.ResultCode > MqttClientSubscribeResultCode.GrantedQoS2))
            throw new LinkLostException($"broker {url} does not allow subscribing to {_topics.Everything}: check the account's rights");
    }

    /// <summary>Publishes a command; false if the broker says that nobody takes it, or refuses it, with the reason.</summary>
    public async Task<(bool IsTaken, string Reason)> GiveAsync(byte[] line, CancellationToken cancellationToken)
    {
        var message = new MqttApplicationMessage { Topic = _topics.Command, PayloadSegment = line, ContentType = MqttLink.ContentType, QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce };
        var result = await _client.PublishAsync(message, cancellationToken).ConfigureAwait(false);
        return BrokerReasons.OfPublish((byte)result.ReasonCode) switch
        {
            PublishOutcome.Acknowledged => (true, ""),
            PublishOutcome.NobodyListens => (false, "the gateway is not listening: it is not connected to this broker, or has no broker.command-key"),
            _ => (false, $"the broker refuses the command (0x{(byte)result.ReasonCode:X2}): check the account's right to publish on {_topics.Command}"),
        };
    }

    /// <summary>The next thing that the gateway signed and <paramref name="pick"/> is looking for.</summary>
    /// <exception cref="LinkLostException">The connection is gone.</exception>
    public async Task<T> HearAsync<T>(Func<PayloadFacts, ReadOnlyMemory<byte>, T?> pick, CancellationToken cancellationToken)
        where T : class
    {
        await foreach (var line in _lines.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            if (_check.Judge(line, out var payload, out _) is { } facts && facts.Stream.Gateway == _gateway && pick(facts, payload) is { } found) return found;
        throw new LinkLostException("the connection to the broker is lost; what the gateway did is in its event named command");
    }

    public void Dispose() => _client.Dispose();
}
