using EdgeGateway.Drivers.OpcUa.Client;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;
using EdgeGateway.Drivers.OpcUa.Security;

namespace EdgeGateway.Drivers.Tests.OpcUa;

/// <summary>One server for all tests of a class.</summary>
public sealed class PeerFixture : IAsyncDisposable
{
    private PeerServer? _server;

    internal PeerServer Server => _server ?? throw new InvalidOperationException("not started");

    /// <summary>Called by each test, because only a test can be skipped; the first one starts the server.</summary>
    public async ValueTask Start() => _server ??= await PeerServer.Start();

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;

    internal ClientSettings Settings(string folder) => Settings(Server, folder);

    internal Task Trust(string folder) => Trust(Server, folder);

    internal static ClientSettings Settings(PeerServer server, string folder) => new()
    {
        Url = new Uri(server.Url),
        ApplicationUri = Certificates.Uri,
        Dial = server.Dial,
        Trust = new TrustStore(folder, TimeProvider.System),
        Own = Certificates.Own,
        IgnoreHost = true, // its certificate is for the name of this machine
    };

    /// <summary>Accepts the server's certificate, as a person would.</summary>
    internal static async Task Trust(PeerServer server, string folder)
    {
        await using var channel = await SecureChannel.OpenAsync(await server.Dial(CancellationToken.None), server.Url, ChannelSecurity.None, TimeProvider.System, CancellationToken.None);
        var endpoints = await channel.CallAsync(new GetEndpointsRequest(server.Url), default, TimeSpan.FromSeconds(20), CancellationToken.None);
        var trusted = Directory.CreateDirectory(new TrustStore(folder, TimeProvider.System).TrustedCertificates).FullName;
        await File.WriteAllBytesAsync(Path.Combine(trusted, "peer.der"), endpoints.Endpoints[0].ServerCertificate.Memory.ToArray());
    }
}
