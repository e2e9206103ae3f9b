using System.Buffers;
using System.Net.Sockets;
using EdgeGateway.Config;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace EdgeGateway.Uplink;

/// <summary>
/// One MQTT connection with what the client library leaves to us: deadlines on every acknowledgement and ping by the monotonic clock, and a hard end
/// as soon as one is missed (a half-open link otherwise looks connected for minutes).
/// </summary>
internal sealed class MqttLink : IDisposable
{
    // What a gateway is sent are acknowledgements and commands.
    private const uint MostBytesIn = 16 * 1024;
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private readonly IMqttClient _client;
    private readonly BrokerSettings _broker;
    private readonly Uri _url;
    private readonly TimeProvider _time;
    private readonly TaskCompletionSource<LinkLostException> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly OuterCompression? _coding;

    private MqttLink(IMqttClient client, BrokerSettings broker, Uri url, TimeProvider time)
    {
        (_client, _broker, _url, _time) = (client, broker, url, time);
        _coding = broker.IsCompressed ? new OuterCompression() : null;
        client.DisconnectedAsync += gone =>
        {
            _closed.TrySetResult(LossOf(gone));
            return Task.CompletedTask;
        };
    }

    /// <summary>The version of MQTT that is spoken, as the birth says it.</summary>
    public string Mqtt => _broker.Mqtt == MqttVersion.V311 ? "3.1.1" : "5";

    /// <summary>The most publishes that may wait for their acknowledgement.</summary>
    public int Window { get; private set; }

    /// <summary>The longest message the broker takes, bytes; null for no limit of its own.</summary>
    public long? MaximumPacketBytes { get; private set; }

    /// <summary>False if the broker keeps no retained messages: one sent all the same would cost the connection.</summary>
    public bool CanRetain { get; private set; } = true;

    public Uri Broker => _url;

    /// <summary>Completes, with broker and reason, when the connection is gone: an idle session would find out only at its next ping.</summary>
    public Task<LinkLostException> Closed => _closed.Task;

    /// <summary>Connects with a clean start: the outbox is the session.</summary>
    /// <exception cref="LinkLostException">The broker cannot be reached or refuses; the message says which and why.</exception>
    public static async Task<MqttLink> ConnectAsync(
        BrokerSettings broker, Uri url, string clientId, string willTopic, byte[]? will, TimeProvider time, CancellationToken cancellationToken)
    {
        var builder = new MqttClientOptionsBuilder()
            .WithProtocolVersion(broker.Mqtt == MqttVersion.V311 ? MqttProtocolVersion.V311 : MqttProtocolVersion.V500)
            .WithTcpServer(url.Host, url.IsDefaultPort || url.Port <= 0 ? DefaultPort(url) : url.Port)
            .WithClientId(clientId)
            .WithCleanStart(true)
            .WithKeepAlivePeriod(broker.KeepAlive)
            .WithTimeout(ConnectTimeout);
        if (will is not null) builder.WithWillTopic(willTopic).WithWillPayload(will).WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce);
        if (broker.Mqtt == MqttVersion.V5) builder.WithSessionExpiryInterval(0).WithMaximumPacketSize(MostBytesIn);
        if (broker.Mqtt == MqttVersion.V5 && will is not null) builder.WithWillContentType(ContentType);
        if (broker.UserName is not null) builder.WithCredentials(broker.UserName, BrokerPassword.Read(broker));
        if (url.Scheme == "mqtts") builder.WithTlsOptions(tls => BrokerTls.Configure(tls, broker, url));

        var link = new MqttLink(new MqttClientFactory().CreateMqttClient(), broker, url, time);
        using var deadline = new CancellationTokenSource(ConnectTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            var result = await link._client.ConnectAsync(builder.Build(), both.Token).ConfigureAwait(false);
            if (result.ResultCode != MqttClientConnectResultCode.Success)
                throw RefusalOf(url, result);
            link.Window = Math.Min(broker.Window, result.ReceiveMaximum is > 0 ? (int)result.ReceiveMaximum.Value : broker.Window);
            link.MaximumPacketBytes = result.MaximumPacketSize is > 0 ? result.MaximumPacketSize : null;
            link.CanRetain = broker.Mqtt == MqttVersion.V311 || result.RetainAvailable;
            return link;
        }
        catch (Exception e)
        {
            link.Dispose();
            if (e is OperationCanceledException && cancellationToken.IsCancellationRequested) throw;
            if (e is LinkLostException || !IsLinkFailure(e)) throw;
            throw new LinkLostException($"broker {url} cannot be reached: {Innermost(e)}", e);
        }
    }

    /// <summary>What our messages say they are.</summary>
    public const string ContentType = "application/vnd.egb1";

    /// <summary>Publishes at QoS 1 and waits for the acknowledgement.</summary>
    /// <exception cref="LinkLostException">No acknowledgement in time, or the connection is gone. The caller disposes the link.</exception>
    public async Task<PublishOutcome> PublishAsync(string topic, byte[] line, bool retain, CancellationToken cancellationToken)
    {
        var packed = _coding?.Pack(line);
        var message = new MqttApplicationMessage
        {
            Topic = topic,
            PayloadSegment = packed ?? line,
            UserProperties = packed is null ? null : [new MqttUserProperty("ce", "zstd"u8.ToArray())],
            ContentType = _broker.Mqtt == MqttVersion.V5 ? ContentType : null,
            QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
            Retain = retain,
        };
        var result = await WithinAsync(_broker.AckTimeout, "acknowledge a publish", token => _client.PublishAsync(message, token), cancellationToken).ConfigureAwait(false);
        return BrokerReasons.OfPublish((byte)result.ReasonCode);
    }

    /// <summary>Subscribes; what comes is offered with its length and a way to copy it. False if the broker does not allow it.</summary>
    /// <exception cref="LinkLostException">No answer in time, or the connection is gone.</exception>
    public async Task<bool> ListenAsync(string topic, Action<long, Func<byte[]>> offer, CancellationToken cancellationToken)
    {
        _client.ApplicationMessageReceivedAsync += received =>
        {
            var payload = received.ApplicationMessage.Payload;
            offer(payload.Length, () => payload.ToArray());
            return Task.CompletedTask;
        };
        var result = await WithinAsync(_broker.AckTimeout, "answer a subscription",
            token => _client.SubscribeAsync(topic, MqttQualityOfServiceLevel.AtLeastOnce, token), cancellationToken).ConfigureAwait(false);
        return result.Items.All(item => item.ResultCode <= MqttClientSubscribeResultCode.GrantedQoS2);
    }

    /// <summary>Proves the connection alive in both directions.</summary>
    /// <exception cref="LinkLostException">It is not.</exception>
    public async Task PingAsync(CancellationToken cancellationToken) => await WithinAsync(_broker.KeepAlive / 2, "answer a ping", async token =>
    {
        await _client.PingAsync(token).ConfigureAwait(false);
        return true;
    }, cancellationToken).ConfigureAwait(false);

    /// <summary>Says goodbye, so that the broker does not publish the will. A broker that does not listen any more is no matter.</summary>
    public async Task DisconnectAsync(CancellationToken cancellationToken)
    {
        try
        {
            await WithinAsync(TimeSpan.FromSeconds(2), "take a goodbye", async token =>
            {
                await _client.DisconnectAsync(new MqttClientDisconnectOptions(), token).ConfigureAwait(false);
                return true;
            }, cancellationToken).ConfigureAwait(false);
        }
        catch (LinkLostException)
        {
            // It was the last word either way.
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _coding?.Dispose();
    }

    private async Task<T> WithinAsync<T>(TimeSpan patience, string what, Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(patience, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            var answer = ask(both.Token);
            // What is asked while the connection ends may have missed the library's word that no answer will come: it is not waited for.
            if (await Task.WhenAny(answer, _closed.Task).ConfigureAwait(false) != answer) await both.CancelAsync().ConfigureAwait(false);
            return await answer.ConfigureAwait(false);
        }
        catch (Exception e) when (deadline.IsCancellationRequested && (e is OperationCanceledException || IsLinkFailure(e)))
        {
            throw new LinkLostException($"broker {_url} did not {what} within {patience.TotalSeconds:0.#} s", e);
        }
        catch (Exception e) when (IsLinkFailure(e))
        {
            if (cancellationToken.IsCancellationRequested) throw new LinkLostException($"connection to broker {_url} is given up", e);
            // A send that fails is often the first sign; what the broker had to say about it is a moment behind.
            await Task.WhenAny(_closed.Task, Task.Delay(LastWords, _time, cancellationToken)).ConfigureAwait(false);
            if (_closed.Task.IsCompleted) throw await _closed.Task.ConfigureAwait(false);
            throw new LinkLostException($"connection to broker {_url} was lost: {Innermost(e)}", e) { Remedy = Remedy.LookCloser };
        }
    }

    private LinkLostException LossOf(MqttClientDisconnectedEventArgs gone)
    {
        if (gone.Exception is { } e) return new LinkLostException($"connection to broker {_url} was lost: {Innermost(e)}", e) { Remedy = Remedy.LookCloser };
        if (gone.Reason == MqttClientDisconnectReason.NormalDisconnection) return new LinkLostException($"connection to broker {_url} was lost: the broker closed it", Remedy.LookCloser);
        var reason = BrokerReasons.OfFarewell((byte)gone.Reason);
        return new LinkLostException($"broker {_url} ended the connection: {reason}{InItsWords(gone.ReasonString)}", reason.Remedy);
    }

    private static LinkLostException RefusalOf(Uri url, MqttClientConnectResult result)
    {
        var reason = BrokerReasons.OfRefusal((byte)result.ResultCode);
        return new LinkLostException($"broker {url} refused the connection: {reason}{InItsWords(result.ReasonString)}", reason.Remedy);
    }

    // From the network, and on its way into a log: printable, and not too much of it.
    private static string InItsWords(string? text) =>
        string.IsNullOrWhiteSpace(text) ? "" : $" [{new string([.. text.Take(200).Select(c => char.IsControl(c) ? ' ' : c)])}]";

    // NullReferenceException: the library clears its fields when the connection ends, also under the hands of a publish that has just begun.
    private static bool IsLinkFailure(Exception e) =>
        e is MqttCommunicationException or MqttProtocolViolationException or MqttConfigurationException or MqttClientDisconnectedException
            or SocketException or IOException or ObjectDisposedException or InvalidOperationException or NullReferenceException
            or System.Security.Authentication.AuthenticationException or OperationCanceledException;

    private static string Innermost(Exception e)
    {
        while (e.InnerException is { } inner) e = inner;
        return e is OperationCanceledException ? "no answer in time" : e.Message;
    }

    private static int DefaultPort(Uri url) => url.Scheme == "mqtts" ? 8883 : 1883;
}
