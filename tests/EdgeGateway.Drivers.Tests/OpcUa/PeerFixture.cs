namespace EdgeGateway.Drivers.Tests.OpcUa;

/// <summary>One server for all tests of a class.</summary>
public sealed class PeerFixture : IAsyncLifetime
{
    private PeerServer? _server;

    internal PeerServer Server => _server ?? throw new InvalidOperationException("not started");

    public async ValueTask InitializeAsync() => _server = await PeerServer.Start();

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;
}
