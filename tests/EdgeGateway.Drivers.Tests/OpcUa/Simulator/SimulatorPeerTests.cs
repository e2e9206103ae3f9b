using System.Text.Json.Nodes;
using EdgeGateway.PlantSimulator;
using EdgeGateway.PlantSimulator.OpcUa;

namespace EdgeGateway.Drivers.Tests.OpcUa.Simulator;

/// <summary>The simulated server against a client written by others, who have read the same standard.</summary>
public sealed class SimulatorPeerTests
{
    private static readonly string[] Ids = ["ns=2;s=Boiler.level", "ns=2;s=Boiler.count", "ns=2;s=s=0Boiler.level#EURange", "ns=2;s=s=0Boiler.level#EngineeringUnits"];

    [Fact]
    public async Task Endpoints_and_servers_are_found()
    {
        await using var dcs = await SimulatedDcs.Start(new ServerSettings { Users = SimulatedDcs.Users });
        var found = await PeerClient.Run(dcs.Url, "discover");
        Assert.Equal(["None None Anonymous,UserName", "Basic256Sha256 Sign Anonymous,UserName", "Basic256Sha256 SignAndEncrypt Anonymous,UserName"], Texts(found["endpoints"]));
        Assert.Equal(["urn:simulated-plant:server"], Texts(found["servers"]));
    }

    [Theory]
    [InlineData("None", "None", false)]
    [InlineData("Basic256Sha256", "Sign", false)]
    [InlineData("Basic256Sha256", "SignAndEncrypt", true)]
    [InlineData("None", "None", true)]
    public async Task The_address_space_is_browsed_and_read(string policy, string mode, bool isUser)
    {
        await using var dcs = await SimulatedDcs.Start(new ServerSettings { Users = SimulatedDcs.Users, TakesAnonymous = !isUser });
        var found = await PeerClient.Run(dcs.Url, "look", new { policy, mode, user = isUser ? "operator" : null, password = "pässword", path = "/2:Plant/2:Tank 1/2:PV", device = "ns=1;s=boiler", nodes = Ids });
        Assert.Null(found["error"]);
        Assert.Equal(["http://opcfoundation.org/UA/", "urn:simulated-plant:server", SimulatedDcs.Uri], Texts(found["namespaces"]));
        Assert.Equal(0, (int)found["state"]!);
        Assert.Equal("Simulated plant", (string)found["status"]!);
        Assert.Equal(1000, (int)found["limit"]!);
        Assert.Equal(["boiler", "Plant", "Server"], Texts(found["objects"]!["names"]));
        Assert.Equal(["level", "count", "switch", "text", "number", "still"], Texts(found["device"]!["names"]));
        Assert.Equal(3, (int)found["device"]!["pages"]!);
        Assert.Equal(["ns=2;s=/Plant/Tank 1/PV"], Texts(found["translated"]));
        Assert.Equal(Ids, Texts(found["registered"]));
        Assert.Equal("BadNodeIdUnknown", (string)found["missing"]!);
        Assert.Contains("BadServiceUnsupported", (string)found["written"]!, StringComparison.Ordinal);
        Assert.Equal("Float", (string)found["values"]![0]!["type"]!);
        Assert.Equal(100, (double)found["values"]![2]!["high"]!);
        Assert.Equal("%", (string)found["values"]![3]!);
        Assert.Equal(1, dcs.Plant.WriteRequests);
        Assert.Contains(dcs.Ledger.For("boiler", "level"), served => served.Raw == ((float)(double)found["values"]![0]!["value"]!).ToString("R", System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task A_wrong_password_is_refused()
    {
        await using var dcs = await SimulatedDcs.Start(new ServerSettings { Users = SimulatedDcs.Users, TakesAnonymous = false });
        var found = await PeerClient.Run(dcs.Url, "look", new { policy = "Basic256Sha256", mode = "SignAndEncrypt", user = "operator", password = "guess" });
        Assert.Contains("BadUserAccessDenied", (string)found["error"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("None", "None")]
    [InlineData("Basic256Sha256", "SignAndEncrypt")]
    public async Task Every_sample_arrives_once_and_in_order_over_renewals_of_the_channel(string policy, string mode)
    {
        await using var dcs = await SimulatedDcs.Start();
        var found = await PeerClient.Run(dcs.Url, "watch",
            new { policy, mode, tokenLifetime = 2000, interval = 100, milliseconds = 5000, items = new[] { new { node = "ns=2;s=Boiler.count", sampling = 20, queue = 1000 } } });
        Assert.Null(found["error"]);
        var values = found["told"]![0]!.AsArray().Select(value => Int(value!["value"]!)).ToList();
        Assert.True(values.Count > 30, found.ToJsonString());
        Assert.Equal(Enumerable.Range((int)values[0], values.Count).Select(number => (long)number), values);
        Assert.True((int)found["renewals"]! >= 2, found["renewals"]!.ToJsonString());
    }

    [Fact]
    public async Task A_subscription_to_what_stands_still_says_that_it_lives()
    {
        await using var dcs = await SimulatedDcs.Start();
        var found = await PeerClient.Run(dcs.Url, "watch", new { interval = 100, milliseconds = 2500, items = new[] { new { node = "ns=2;s=Boiler.still", sampling = 20 } } });
        Assert.Single(found["told"]![0]!.AsArray());
        Assert.True((int)found["keepAlives"]! >= 2, found.ToJsonString());
    }

    [Fact]
    public async Task Subscriptions_and_items_are_changed_while_they_live()
    {
        await using var dcs = await SimulatedDcs.Start();
        var found = await PeerClient.Run(dcs.Url, "change", new { node = "ns=2;s=Boiler.number" });
        Assert.Null(found["error"]);
        foreach (var alive in new[] { "reporting", "again", "unmuted" }) Assert.True((int)found[alive]! > 0, found.ToJsonString());
        foreach (var still in new[] { "disabled", "muted", "gone" }) Assert.Equal(0, (int)found[still]!);
        Assert.Equal((340, 1000), ((int)found["revised"]!["sampling"]!, (int)found["revised"]!["queue"]!));
        Assert.Equal((340, 21, 7), ((int)found["modified"]!["interval"]!, (int)found["modified"]!["lifetimes"]!, (int)found["modified"]!["keepAlives"]!));
        Assert.Equal(["Good", "BadMonitoredItemIdInvalid"], Texts(found["removed"]));
    }

    [Theory]
    [InlineData("Absolute", 4)]
    [InlineData("Percent", 4)]
    public async Task Deadbands_keep_small_changes_back(string deadbandType, double deadband)
    {
        await using var dcs = await SimulatedDcs.Start();
        var found = await PeerClient.Run(dcs.Url, "watch",
            new { interval = 100, milliseconds = 3000, items = new[] { new { node = "ns=2;s=Boiler.level", sampling = 20, queue = 1000, deadbandType, deadband } } });
        var values = found["told"]![0]!.AsArray().Select(value => (double)value!["value"]!).ToList();
        Assert.True(values.Count >= 2, found.ToJsonString());
        Assert.All(values.Zip(values.Skip(1)), pair => Assert.True(Math.Abs(pair.First - pair.Second) > deadband));
    }

    [Fact]
    public async Task A_percent_deadband_without_a_range_is_refused()
    {
        await using var dcs = await SimulatedDcs.Start();
        var found = await PeerClient.Run(dcs.Url, "watch",
            new { interval = 100, milliseconds = 300, items = new[] { new { node = "ns=2;s=Boiler.count", sampling = 20, deadbandType = "Percent", deadband = 1 } } });
        Assert.Contains("BadDeadbandFilterInvalid", (string)found["refused"]![0]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_queue_says_that_it_has_lost_values()
    {
        await using var dcs = await SimulatedDcs.Start();
        var found = await PeerClient.Run(dcs.Url, "watch", new { interval = 500, milliseconds = 2500, items = new[] { new { node = "ns=2;s=Boiler.count", sampling = 20, queue = 3 } } });
        Assert.Contains(found["told"]![0]!.AsArray(), value => ((long)value!["status"]! & 0x480) == 0x480);
    }

    [Fact]
    public async Task History_comes_in_pages_without_a_gap()
    {
        await using var dcs = await SimulatedDcs.Start();
        await Eventually.Is(() => dcs.Boiler.Variables[1].History.Count > 60, () => "no history");
        var found = await PeerClient.Run(dcs.Url, "history", new { node = "ns=2;s=Boiler.count", from = "2020-01-01T00:00:00Z", to = "2100-01-01T00:00:00Z", page = 20 });
        var values = found["values"]!.AsArray().Select(value => Int(value!["value"]!)).ToList();
        Assert.Equal(Enumerable.Range(0, values.Count).Select(number => (long)number), values);
        Assert.True((int)found["pages"]! >= 4, found["pages"]!.ToJsonString());
    }

    // node-opcua has a 64-bit integer as its two halves.
    private static long Int(JsonNode value) => ((long)value[0]! << 32) + (long)value[1]!;

    private static string[] Texts(JsonNode? list) => [.. list!.AsArray().Select(text => (string)text!)];
}
