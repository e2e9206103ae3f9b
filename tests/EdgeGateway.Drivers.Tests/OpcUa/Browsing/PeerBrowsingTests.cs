using EdgeGateway.Drivers.OpcUa;
using EdgeGateway.Drivers.OpcUa.Browsing;
using EdgeGateway.Drivers.OpcUa.Client;
using EdgeGateway.Drivers.OpcUa.Encoding;

namespace EdgeGateway.Drivers.Tests.OpcUa.Browsing;

/// <summary>Walks through a server written by others, which takes 10 nodes in a call to browse and 100 in a read.</summary>
public sealed class PeerBrowsingTests(PeerFixture peer) : IClassFixture<PeerFixture>, IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private Session _session = null!; // made before each test

    public async ValueTask InitializeAsync()
    {
        await peer.Start();
        await peer.Trust(_folder.Path);
        _session = await Session.OpenAsync(peer.Settings(_folder.Path), TimeProvider.System, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (_session is not null) await _session.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Each_node_comes_before_what_is_below_it_and_a_way_that_leads_back_ends()
    {
        var (nodes, tree) = await Walk("/Site", new() { Depth = 10 });
        Assert.Equal("Site", nodes[0].BrowseName);
        Assert.All(nodes.Skip(1), node => Assert.Contains(nodes.TakeWhile(each => each != node), before => before.Id == node.Parent!.Id)); // only the first has none
        Assert.Equal("opened at another place", nodes.Single(node => node.Path == "/Site/Pump/Site").Halt);
        Assert.False(tree.IsCut);
    }

    [Fact]
    public async Task A_variable_shows_type_unit_range_and_value()
    {
        var (nodes, _) = await Walk("/Site/Tank 2", new() { WithValues = true });
        var level = nodes.Single(node => node.IsVariable);
        Assert.Equal("nsu=urn:opcua-peer:plant;s=Tank 2.Level", level.NodeText);
        var facts = level.Facts!; // it is a variable
        Assert.Equal(("Double", "m", 0, 12.5, ValueKind.Number, true), (facts.DataType, facts.Unit, facts.Low, facts.High, facts.Kind, facts.IsReadable && facts.IsScalar));
        Assert.Equal(3.5, facts.Value!.Value.Value.AsDouble); // asked for
        Assert.True(facts.Value.Value.Status.IsGood);
    }

    [Fact]
    public async Task Arrays_are_told_from_single_values()
    {
        var (nodes, _) = await Walk("/Plant", new());
        Assert.Equal(2, nodes.Single(node => node.BrowseName == "Matrix").Facts!.ValueRank); // a variable
        Assert.False(nodes.Single(node => node.BrowseName == "Matrix").Facts!.IsScalar);
        Assert.True(nodes.Single(node => node.BrowseName == "History").Facts!.HasHistory);
    }

    [Theory]
    [InlineData("speed")]
    [InlineData("转")]
    public async Task A_search_finds_a_text_in_either_name_whatever_the_capitals(string text)
    {
        var (nodes, _) = await Walk("/Site", new() { Depth = 10, Search = text == "speed" ? "LEVEL" : text });
        Assert.NotEmpty(nodes);
        Assert.All(nodes, node => Assert.True(node.IsVariable && node.Facts is not null));
        Assert.Equal(text == "speed" ? 2 : 1, nodes.Count);
    }

    [Fact]
    public async Task A_display_name_is_found_too()
    {
        var (nodes, _) = await Walk("/Site", new() { Depth = 10, Search = "泵" });
        Assert.Equal("Pump", Assert.Single(nodes).BrowseName);
    }

    [Fact]
    public async Task A_walk_that_was_stopped_goes_on_behind_its_last_node()
    {
        var (all, _) = await Walk(null, new() { Depth = 10 });
        var (first, cut) = await Walk(null, new() { Depth = 10, MostNodes = 13 });
        Assert.True(cut.IsCut);
        var (rest, tree) = await Walk(null, new() { Depth = 10, After = first[^1].NodeText });
        Assert.Equal(all.Select(node => node.NodeText), first.Concat(rest).Select(node => node.NodeText));
        Assert.True(tree.IsBehind);
    }

    [Fact]
    public async Task A_node_to_go_on_behind_that_is_not_met_is_told()
    {
        var (nodes, tree) = await Walk(null, new() { After = "i=1" });
        Assert.Empty(nodes);
        Assert.False(tree.IsBehind);
    }

    [Fact]
    public async Task The_servers_own_object_is_opened_only_where_somebody_asks_for_it()
    {
        var (outside, _) = await Walk(null, new() { Depth = 5 });
        Assert.Contains("--from i=2253", outside.Single(node => node.Id == new NodeId(2253)).Halt, StringComparison.Ordinal);
        var (inside, _) = await Walk("i=2253", new() { Depth = 1 });
        Assert.Contains(inside, node => node.BrowseName == "ServerStatus" && node.Facts!.Kind == ValueKind.Structure); // a variable
    }

    [Fact]
    public async Task Properties_are_nodes_where_somebody_wants_them()
    {
        var (without, _) = await Walk("/Site/Tank 1", new());
        Assert.DoesNotContain(without, node => node.BrowseName == "EURange");
        var (with, _) = await Walk("/Site/Tank 1", new() { WithProperties = true });
        Assert.Contains(with, node => node.BrowseName == "EURange");
    }

    [Theory]
    [InlineData("/Site/Tank 1", "Tank 1")]
    [InlineData("/Site/泵", "Pump")]
    [InlineData("/Site/Pump/Hours&/Days", "Hours/Days")]
    [InlineData("nsu=urn:opcua-peer:plant;s=Tank 1", "Tank 1")]
    [InlineData("nsu=urn:opcua-peer:plant;/Site/Pump", "Pump")]
    [InlineData("i=84", "Root")]
    public async Task A_start_is_named_by_id_by_path_or_by_names(string text, string name) =>
        Assert.Equal(name, (await StartNode.FindAsync(_session, await ServerState.AskAsync(_session, CancellationToken.None), text, CancellationToken.None)).BrowseName);

    [Theory]
    [InlineData("/Site/Tank 3", "there is no Tank 3 below /Site; there are Plant, Tank 1")]
    [InlineData("nsu=urn:nobody;s=A", "the server has no namespace for nsu=urn:nobody;s=A")]
    [InlineData("nsu=urn:opcua-peer:plant;s=Nobody", "does not know the node")]
    [InlineData("nsu=urn:opcua-peer:plant;/Site/Nobody", "finds no node")]
    [InlineData("Tank", "names no node")]
    public async Task A_start_that_is_none_says_where_it_ends(string text, string said)
    {
        var server = await ServerState.AskAsync(_session, CancellationToken.None);
        var refused = await Assert.ThrowsAsync<OpcUaException>(() => StartNode.FindAsync(_session, server, text, CancellationToken.None));
        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_budget_ends_the_pages_of_one_node()
    {
        var server = await ServerState.AskAsync(_session, CancellationToken.None);
        var plant = (await StartNode.FindAsync(_session, server, "/Plant", CancellationToken.None)).Id;
        var pages = new ReferencePages(_session, server.Limits, budget: 5);
        var found = (await pages.BrowseAsync([plant], CancellationToken.None))[0];
        Assert.Equal((5, true, 0), (found.References.Count, found.IsCut, pages.Left));
    }

    private async Task<(List<BrowsedNode> Nodes, NodeTree Tree)> Walk(string? from, TreeBounds bounds)
    {
        var server = await ServerState.AskAsync(_session, CancellationToken.None);
        var tree = new NodeTree(_session, server, bounds);
        var nodes = new List<BrowsedNode>();
        await foreach (var node in tree.WalkAsync(await StartNode.FindAsync(_session, server, from, CancellationToken.None), CancellationToken.None)) nodes.Add(node);
        return (nodes, tree);
    }
}
