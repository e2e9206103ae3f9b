using EdgeGateway.Drivers.OpcUa.Inspection;

namespace EdgeGateway.Drivers.Tests.OpcUa.Inspection;

/// <summary>What a server written by others tells of itself.</summary>
public sealed class PeerInspectionTests(PeerFixture peer) : IClassFixture<PeerFixture>, IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    public ValueTask InitializeAsync() => peer.Start();

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Build_limits_clock_and_namespaces_are_told()
    {
        await peer.Trust(_folder.Path);
        var report = await new ServerInspection(peer.Settings(_folder.Path), TimeProvider.System).RunAsync(CancellationToken.None);
        Assert.Null(report.Trouble);
        var session = report.Session!; // no trouble
        Assert.Equal("2.186.4", session.Status.Single(told => told.Key == "softwareVersion").Value!.Value.AsText); // it tells it
        Assert.Equal(100, session.NumberOf(ToldNodes.MaxNodesPerRead));
        Assert.InRange(session.ClockAhead!.Value, TimeSpan.FromSeconds(-5), TimeSpan.FromSeconds(5)); // the same machine's
        Assert.Contains("urn:opcua-peer:plant", session.Namespaces);
        Assert.Equal(7, report.Endpoints.Count);
        Assert.Equal(2048, report.Certificate!.KeyBits); // it shows one
        Assert.False(report.Certificate.IsForHost);
    }
}
