using System.Collections.Immutable;
using EdgeGateway.Drivers.OpcUa;
using EdgeGateway.Drivers.OpcUa.Client;
using EdgeGateway.Drivers.OpcUa.Encoding;

namespace EdgeGateway.Drivers.Tests.OpcUa;

/// <summary>Subscriptions at a server written by others, over faults of the link, the session and the server. Its counters go up by one: a lost value shows.</summary>
public sealed class PeerSubscriptionTests : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly RecordingSubscriptions _sink = new();
    private PeerServer _server = null!; // in InitializeAsync
    private CuttableLink _link = null!; // in InitializeAsync
    private SubscribingClient? _client;
    private Task _running = Task.CompletedTask;

    public async ValueTask InitializeAsync()
    {
        _server = await PeerServer.Start();
        _link = new CuttableLink(_server);
        await PeerFixture.Trust(_server, _folder.Path);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _client?.Dispose();
        await _server.DisposeAsync();
    }

    public void Dispose()
    {
        _stopping.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Every_value_arrives_once_and_in_order()
    {
        Start(Counters(10));
        await Values(100);
        for (var node = 0u; node < 10; node++) AssertNoGap(_sink.Of(node));
        Assert.Empty(_sink.Losses);
    }

    [Fact]
    public async Task A_cut_link_loses_no_value_and_no_session()
    {
        Start(Counters(3));
        await Values(40);
        _link.Cut();
        await Eventually.Is(() => _sink.Downs.Count > 1, _sink.ToString);
        await _server.Tell("sessions");
        _link.Mend();
        await Values(150);
        Assert.Equal([false, true], _sink.Ups);
        for (var node = 0u; node < 3; node++) AssertNoGap(_sink.Of(node));
        Assert.Empty(_sink.Losses);
    }

    [Fact]
    public async Task A_link_that_falls_silent_is_noticed_and_loses_no_value()
    {
        Start(Counters(2));
        await Values(40);
        _link.Silence();
        await Eventually.Is(() => _sink.Ups.Count > 1, _sink.ToString);
        await Values(150);
        Assert.Equal([false, true], _sink.Ups);
        for (var node = 0u; node < 2; node++) AssertNoGap(_sink.Of(node));
    }

    [Fact]
    public async Task Values_come_again_after_a_restart_of_the_server_and_the_loss_is_said()
    {
        Start(Counters(2));
        await Values(40);
        await _server.Kill();
        await Eventually.Is(() => !_sink.Downs.IsEmpty, _sink.ToString);
        var before = _sink.All.Count;
        await _server.Run();
        await Eventually.Is(() => _sink.All.Count > before + 20, _sink.ToString);
        var loss = Assert.Single(_sink.Losses);
        Assert.True(loss.After.IsKnown && loss.Before.Ticks > loss.After.Ticks, loss.ToString());
    }

    [Fact]
    public async Task Values_come_again_after_the_server_dropped_the_session_and_the_loss_is_said()
    {
        Start(Counters(2));
        await Values(40);
        await _server.Tell("drop-sessions");
        await Eventually.Is(() => _sink.Ups.Count > 1, _sink.ToString);
        var before = _sink.All.Count;
        await Eventually.Is(() => _sink.All.Count > before + 20, _sink.ToString);
        Assert.Single(_sink.Losses);
    }

    [Fact]
    public async Task One_bad_node_does_not_take_the_others_down()
    {
        var nodes = Counters(250).Nodes.SetItem(7, new WatchedNode(Plant, new NodeId("Nothing", 0), TimeSpan.Zero, 10))
            .SetItem(8, new WatchedNode("urn:gone", new NodeId("Counter1", 0), TimeSpan.Zero, 10));
        Start(new SubscriptionPlan(TimeSpan.FromMilliseconds(100), nodes) { KeepAlive = TimeSpan.FromSeconds(1) });
        await Values(20);
        Assert.Equal([(7, StatusCodes.BadNodeIdUnknown), (8, StatusCodes.BadNodeIdUnknown)], _sink.RefusedNodes.Where(each => each.Node < 10).Order(Comparer<(int Node, StatusCode)>.Create((a, b) => a.Node - b.Node)));
        AssertNoGap(_sink.Of(9));
    }

    private const string Plant = "urn:opcua-peer:plant";

    private static SubscriptionPlan Counters(int count) => new(
        TimeSpan.FromMilliseconds(100),
        [.. Enumerable.Range(0, count).Select(at => new WatchedNode(Plant, new NodeId($"Counter{at % 10}", 0), TimeSpan.Zero, 1000))])
    {
        KeepAlive = TimeSpan.FromSeconds(1),
    };

    private static void AssertNoGap(double[] values)
    {
        Assert.NotEmpty(values);
        Assert.Equal(Enumerable.Range(0, values.Length).Select(at => values[0] + at), values);
    }

    private void Start(SubscriptionPlan plan)
    {
        _client = new SubscribingClient(PeerFixture.Settings(_server, _folder.Path) with { Dial = _link.Dial }, [plan], _sink, TimeProvider.System);
        _running = _client.RunAsync(_stopping.Token);
    }

    /// <summary>Waits until node 0 has brought so many.</summary>
    private Task Values(int count) => Eventually.Is(() => _sink.Of(0).Length >= count, _sink.ToString);
}
