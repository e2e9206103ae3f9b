using System.Net.Sockets;
using EdgeGateway.Drivers.OpcUa.Client;
using EdgeGateway.Drivers.OpcUa.Encoding;
using EdgeGateway.Drivers.OpcUa.Security;
using EdgeGateway.PlantSimulator;

namespace EdgeGateway.Drivers.Tests.OpcUa.Simulator;

/// <summary>Our own client at the simulated server, over a link that can be broken; a person has accepted the server's certificate.</summary>
internal sealed class OwnClient : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly SimulatedDcs _dcs;
    private Task _running = Task.CompletedTask;
    private SubscribingClient? _client;

    public OwnClient(SimulatedDcs dcs)
    {
        (_dcs, Link) = (dcs, new LinkFault(dcs.Line.EndPoint));
        Accept();
    }

    public LinkFault Link { get; }

    public RecordingSubscriptions Sink { get; } = new();

    public ClientSettings Settings => new()
    {
        Url = new Uri(_dcs.Url),
        ApplicationUri = Certificates.Uri,
        Dial = Dial,
        Trust = new TrustStore(_folder.Path, TimeProvider.System),
        Own = Certificates.Own,
        Endpoint = new EndpointChoice(SecurityPolicy.Basic256Sha256),
    };

    /// <summary>Trusts the certificate that the server has now.</summary>
    public void Accept() => File.WriteAllBytes(Path.Combine(Directory.CreateDirectory(Settings.Trust.TrustedCertificates).FullName, $"{Guid.NewGuid():N}.der"), _dcs.Server.Identity.Certificate);

    public Task<Session> Open(UserIdentity? user = null) => Session.OpenAsync(Settings with { User = user ?? new UserIdentity.Anonymous() }, TimeProvider.System, CancellationToken.None);

    /// <summary>A session without security.</summary>
    public Task<Session> OpenBare() => Session.OpenAsync(Settings with { Endpoint = new EndpointChoice(SecurityPolicy.None) }, TimeProvider.System, CancellationToken.None);

    /// <summary>Watches nodes of the boiler.</summary>
    public void Watch(params string[] names)
    {
        var nodes = names.Select(name => new WatchedNode(SimulatedDcs.Uri, new NodeId($"Boiler.{name}", 0), TimeSpan.Zero, 1000));
        _client = new SubscribingClient(Settings, [new SubscriptionPlan(TimeSpan.FromMilliseconds(100), [.. nodes]) { KeepAlive = TimeSpan.FromSeconds(1) }], Sink, TimeProvider.System);
        _running = _client.RunAsync(_stopping.Token);
    }

    /// <summary>Waits until the first watched node has brought so many values.</summary>
    public Task Values(int count) => Eventually.Is(() => Sink.Of(0).Length >= count, Sink.ToString);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _client?.Dispose();
        await Link.DisposeAsync();
        _stopping.Dispose();
        _folder.Dispose();
    }

    private async Task<Stream> Dial(CancellationToken cancellationToken)
    {
        var client = new TcpClient { NoDelay = true };
        try
        {
            await client.ConnectAsync(Link.EndPoint, cancellationToken);
            return client.GetStream();
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }
}
