using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using EdgeGateway.Drivers.OpcUa;
using EdgeGateway.Drivers.OpcUa.Encoding;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;
using EdgeGateway.Drivers.OpcUa.Security;

namespace EdgeGateway.Drivers.Tests.OpcUa.Scripted;

/// <summary>
/// A server in this process whose faults are scripted: it does what a good server does but where <see cref="Script"/> or one of the hooks says otherwise.
/// Every 50 ms each subscription publishes one message, as long as the client asks for it.
/// </summary>
internal sealed partial class ScriptedServer : IAsyncDisposable
{
    public const string Plant = "urn:scripted:plant";
    public const string Uri = "urn:scripted";

    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(50);
    private static readonly Lazy<X509Certificate2> Made = new(() => ApplicationCertificate.Create("Scripted", Uri, ["127.0.0.1"], TimeProvider.System));

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<ServerConnection, Task> _connections = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Task _accepting;
    private readonly Task _beating;
    private uint _number;

    public ScriptedServer()
    {
        _listener.Start();
        _accepting = AcceptAsync();
        _beating = BeatAsync();
    }

    public string Url => $"opc.tcp://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    public X509Certificate2 Certificate { get; set; } = Made.Value;

    public string?[] Namespaces { get; set; } = ["http://opcfoundation.org/UA/", Uri, Plant];

    public OpcUaTime StartTime { get; set; } = new(130_000_000_000_000_000);

    public double? SessionTimeoutMilliseconds { get; set; }

    public uint? TokenLifetimeMilliseconds { get; set; }

    /// <summary>What happens to a request instead; null for what a good server does.</summary>
    public Func<ServiceCall, Deed?>? Script { get; set; }

    /// <summary>Changes what the open discovery (false) and the session (true) tell of endpoints.</summary>
    public Func<bool, EndpointDescription[], EndpointDescription[]>? OnEndpoints { get; set; }

    public Func<byte[], byte[]>? OnChannelNonce { get; set; }

    public Func<byte[], byte[]>? OnSessionNonce { get; set; }

    public Func<byte[], byte[]>? OnSessionSignature { get; set; }

    public Func<X509Certificate2, X509Certificate2>? OnSessionCertificate { get; set; }

    public Func<ChannelToken, ChannelToken>? OnToken { get; set; }

    /// <summary>Called for each new connection.</summary>
    public Action<ServerConnection>? OnConnection { get; set; }

    /// <summary>The types of all requests that came.</summary>
    public ConcurrentQueue<uint> Asked { get; } = new();

    /// <summary>The nodes of all items that were made.</summary>
    public ConcurrentQueue<NodeId> Watched { get; } = new();

    public List<ServerSession> Sessions { get; } = [];

    public ConcurrentDictionary<uint, ServerSubscription> Subscriptions { get; } = new();

    public uint NextNumber() => Interlocked.Increment(ref _number);

    public int Count(uint typeId) => Asked.Count(each => each == typeId);

    public async Task<Stream> Dial(CancellationToken cancellationToken)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync((IPEndPoint)_listener.LocalEndpoint, cancellationToken);
        return client.GetStream();
    }

    /// <summary>Breaks what is open; the client may come again.</summary>
    public async Task CutLink()
    {
        foreach (var connection in _connections.Keys) await connection.DisposeAsync();
    }

    /// <summary>Does something between two requests.</summary>
    public async Task Change(Action act)
    {
        await _turn.WaitAsync();
        try
        {
            act();
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Forgets all sessions and subscriptions; numbers begin again.</summary>
    public async Task Restart(OpcUaTime startTime)
    {
        await Change(() =>
        {
            Sessions.Clear();
            Subscriptions.Clear();
            _subscriptionNumber = 0;
            StartTime = startTime;
        });
        await CutLink();
    }

    public async Task TakeAsync(ServiceCall call)
    {
        Asked.Enqueue(call.TypeId);
        await _turn.WaitAsync();
        try
        {
            var deed = Script?.Invoke(call);
            if (deed?.Refusal is { } refusal) await FaultAsync(call, refusal);
            else if (deed?.IsHeld != true) await ServeAsync(call, deed?.IsAnswerLost ?? false);
            if (deed?.IsLinkCut == true) await call.Connection.DisposeAsync();
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await CutLink();
        await _accepting;
        await _beating;
        await Task.WhenAll(_connections.Values);
        _stopping.Dispose();
    }

    private static Task FaultAsync(ServiceCall call, StatusCode status) => call.Connection.AnswerAsync(call, 397, status, static _ => { });

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var connection = new ServerConnection(this, new NetworkStream(await _listener.AcceptSocketAsync(_stopping.Token), ownsSocket: true));
                OnConnection?.Invoke(connection);
                _connections[connection] = connection.RunAsync(_stopping.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // stopped
        }
    }

    private async Task BeatAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(Beat, TimeProvider.System, _stopping.Token);
                await _turn.WaitAsync(_stopping.Token);
                try
                {
                    foreach (var subscription in Subscriptions.Values.Where(each => !each.IsMute).ToList()) await PublishAsync(subscription);
                }
                finally
                {
                    _turn.Release();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // stopped
        }
    }
}
