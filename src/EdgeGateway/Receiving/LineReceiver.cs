using System.Net.Sockets;
using System.Threading.Channels;
using EdgeGateway.Evidence;
using EdgeGateway.Uplink;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace EdgeGateway.Receiving;

/// <summary>
/// The platform's side in small: takes every message of the gateways' topics, stores its line, and acknowledges it to the broker only once the line
/// is on disk. Keeps a persistent session, so that a restart loses nothing the broker holds. Trusts nothing but the keys it is given.
/// </summary>
internal sealed class LineReceiver(ReceiverSettings settings, TrustedKeys keys, TimeProvider time) : IAsyncDisposable
{
    private const int MostUnstored = 256;
    private static readonly TimeSpan RetryEvery = TimeSpan.FromSeconds(1);

    private readonly Channel<MqttApplicationMessageReceivedEventArgs> _arrived =
        Channel.CreateBounded<MqttApplicationMessageReceivedEventArgs>(new BoundedChannelOptions(MostUnstored * 2) { SingleReader = true });

    private readonly CancellationTokenSource _ending = new();
    private readonly Lock _gate = new();
    private readonly LiveWatch _watch = new(keys);
    private readonly RawLineFile _raw = new(settings.RawFile);
    private Task _running = Task.CompletedTask;
    private long _undecodable;
    private IMqttClient? _client; // connected; null otherwise
    private IReadOnlyList<LiveStreamStatus> _onDisk = [];
    private long _receipts;
    private volatile string? _diskTrouble;
    private volatile string? _brokerTrouble = "not connected yet";

    /// <summary>Messages that could not be a line at all.</summary>
    public long Undecodable => Interlocked.Read(ref _undecodable);

    /// <summary>Receipts that a broker has taken.</summary>
    public long Receipts => Interlocked.Read(ref _receipts);

    /// <summary>The last trouble with the disk or the broker; null while all is well.</summary>
    public string? Trouble => _diskTrouble ?? _brokerTrouble;

    /// <summary>False until a broker has taken us and our subscription for the first time.</summary>
    public bool HasListened { get; private set; }

    /// <summary>What has come so far, earlier runs in the same folder included.</summary>
    public LiveStatus Status
    {
        get
        {
            lock (_gate) return _watch.Snapshot();
        }
    }

    /// <summary>Takes up what an earlier run stored, so that its repeats are known as such. Before <see cref="Start"/>.</summary>
    public void Resume()
    {
        lock (_gate)
            foreach (var line in EgbFile.Lines(settings.RawFile))
                if (line.Length > 0) _watch.Add(line);
    }

    /// <summary>Starts listening; returns at once. Connection and reconnection go on until disposed.</summary>
    public void Start() => _running = RunAsync();

    /// <summary>Completes only if the receiver itself failed.</summary>
    public Task Running => _running;

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        try
        {
            await _running.ConfigureAwait(false);
        }
        finally
        {
            _raw.Dispose();
            _ending.Dispose();
        }
    }

    /// <summary>Neither goes on without the other: a receiver that listens and does not store only looks alive.</summary>
    private async Task RunAsync()
    {
        Task[] all = [ListenAsync(_ending.Token), StoreAsync(_ending.Token), ReceiptAsync(_ending.Token)];
        await Task.WhenAny(all).ConfigureAwait(false);
        await _ending.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(all).ConfigureAwait(false);
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        var url = settings.Broker.Urls[0];
        while (!cancellationToken.IsCancellationRequested)
        {
            using var client = new MqttClientFactory().CreateMqttClient();
            var lost = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            client.DisconnectedAsync += e =>
            {
                lost.TrySetResult(e.ReasonString ?? e.Exception?.Message ?? (e.Reason == MqttClientDisconnectReason.NormalDisconnection
                    ? $"the broker closed it. Is it stopping, or does another receiver have the name {settings.ClientId}?"
                    : e.Reason.ToString()));
                return Task.CompletedTask;
            };
            client.ApplicationMessageReceivedAsync += async e =>
            {
                e.AutoAcknowledge = false; // acknowledged by StoreAsync, when it is on disk
                await _arrived.Writer.WriteAsync(e, cancellationToken).ConfigureAwait(false);
            };
            try
            {
                await ConnectAsync(client, url, cancellationToken).ConfigureAwait(false);
                _brokerTrouble = null;
                HasListened = true;
                Volatile.Write(ref _client, client);
                _brokerTrouble = $"connection to {url} was lost: {await lost.Task.WaitAsync(cancellationToken).ConfigureAwait(false)}";
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is MqttCommunicationException or MqttProtocolViolationException or SocketException or IOException
                or LinkLostException or InvalidOperationException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
            {
                _brokerTrouble = $"broker {url}: {e.InnerException?.Message ?? e.Message}";
            }
            finally
            {
                Volatile.Write(ref _client, null);
            }
            try
            {
                await Task.Delay(RetryEvery, time, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Tells the gateways, signed, how far their streams are on our disk. One that is lost is made up for by the next.</summary>
    private async Task ReceiptAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (settings.ReceiptSigner is not { } signer) await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken).ConfigureAwait(false);
            else
                while (true)
                {
                    await Task.Delay(settings.ReceiptEvery, time, cancellationToken).ConfigureAwait(false);
                    var heard = Interlocked.Exchange(ref _onDisk, []);
                    foreach (var stream in heard) await IssueAsync(signer, stream, cancellationToken).ConfigureAwait(false);
                }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The receiver stops; the next run goes on.
        }
    }

    private async Task IssueAsync(ISigner signer, LiveStreamStatus stream, CancellationToken cancellationToken)
    {
        // Of a stream with a hole written off, a fork or a broken chain nothing is confirmed: a person has to look.
        if (stream is not { IsWhole: true, HashOfContiguous: { } hash } || Volatile.Read(ref _client) is not { } client) return;
        var (gateway, epoch, name) = stream.Stream;
        var receipt = new PlatformReceipt(stream.Site, gateway, epoch, name, stream.Contiguous, hash, time.GetUtcNow().ToUnixTimeMilliseconds());
        var topic = new Topics(settings.Broker.Root, stream.Site, gateway).Receipt;
        try
        {
            var message = new MqttApplicationMessage { Topic = topic, PayloadSegment = SignedStatement.Seal(signer, PlatformReceipt.Typ, receipt.ToPayload()), QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce };
            if ((await client.PublishAsync(message, cancellationToken).ConfigureAwait(false)).IsSuccess) Interlocked.Increment(ref _receipts);
        }
        catch (Exception e) when (e is MqttCommunicationException or MqttProtocolViolationException or MqttClientDisconnectedException or SocketException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The connection is gone, and the loop that owns it says so; the next receipt says the same and more.
        }
    }

    private async Task ConnectAsync(IMqttClient client, Uri url, CancellationToken cancellationToken)
    {
        var broker = settings.Broker;
        var options = new MqttClientOptionsBuilder()
            .WithProtocolVersion(MqttProtocolVersion.V500)
            .WithTcpServer(url.Host, url.Port > 0 ? url.Port : url.Scheme == "mqtts" ? 8883 : 1883)
            .WithClientId(settings.ClientId)
            .WithCleanStart(false)
            .WithSessionExpiryInterval((uint)TimeSpan.FromDays(7).TotalSeconds)
            .WithReceiveMaximum(MostUnstored)
            .WithKeepAlivePeriod(broker.KeepAlive);
        if (broker.UserName is not null) options.WithCredentials(broker.UserName, BrokerPassword.Read(broker));
        if (url.Scheme == "mqtts") options.WithTlsOptions(tls => BrokerTls.Configure(tls, broker, url));
        var connected = await client.ConnectAsync(options.Build(), cancellationToken).ConfigureAwait(false);
        if (connected.ResultCode != MqttClientConnectResultCode.Success) throw new LinkLostException($"{url} refused the connection: {connected.ResultCode} {connected.ReasonString}");
        var subscribed = await client.SubscribeAsync(Topics.EveryGateway(broker.Root), MqttQualityOfServiceLevel.AtLeastOnce, cancellationToken).ConfigureAwait(false);
        if (subscribed.Items.Any(item => item.ResultCode > MqttClientSubscribeResultCode.GrantedQoS2))
            throw new LinkLostException($"{url} does not allow subscribing to {Topics.EveryGateway(broker.Root)}: {subscribed.Items.First().ResultCode}");
    }

    private async Task StoreAsync(CancellationToken cancellationToken)
    {
        var stored = new List<MqttApplicationMessageReceivedEventArgs>(MostUnstored);
        try
        {
            while (await _arrived.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                while (stored.Count < MostUnstored && _arrived.Reader.TryRead(out var message))
                {
                    Store(message);
                    stored.Add(message);
                }
                await SyncAsync(cancellationToken).ConfigureAwait(false);
                // Only what is on disk is confirmed, and the watch has seen nothing else since.
                if (settings.ReceiptSigner is not null) Volatile.Write(ref _onDisk, Status.Streams);
                foreach (var message in stored) await AcknowledgeAsync(message, cancellationToken).ConfigureAwait(false);
                stored.Clear();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // What was not stored is not acknowledged: the broker sends it again.
        }
    }

    /// <summary>Tries until the disk takes it; meanwhile nothing is acknowledged, and the broker holds back what it has.</summary>
    private async Task SyncAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                _raw.Sync();
                _diskTrouble = null;
                return;
            }
            catch (IOException e)
            {
                _diskTrouble = $"{settings.RawFile}: {e.Message}";
            }
            await Task.Delay(RetryEvery, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private void Store(MqttApplicationMessageReceivedEventArgs message)
    {
        // A line end inside would break the file into other lines than the sender signed; no line of docs/wire.md has one.
        if (OuterCoding.LineOf(message.ApplicationMessage) is not { Length: > 0 } line || line.Contains((byte)'\n'))
        {
            Interlocked.Increment(ref _undecodable);
            return;
        }
        _raw.Append(line);
        lock (_gate) _watch.Add(line);
    }

    private static async Task AcknowledgeAsync(MqttApplicationMessageReceivedEventArgs message, CancellationToken cancellationToken)
    {
        try
        {
            await message.AcknowledgeAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is MqttCommunicationException or SocketException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The connection went first: the broker sends the message again, and the duplicate is dropped.
        }
    }
}
