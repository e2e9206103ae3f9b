using EdgeGateway.Drivers.OpcUa.Client;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;
using EdgeGateway.Drivers.OpcUa.Polling;

namespace EdgeGateway.Drivers.Tests.OpcUa.Polling;

/// <summary>What keys and columns may hold, and what is said where they hold something else.</summary>
public sealed class OpcUaKeysTests
{
    [Theory]
    [InlineData("nsu=urn:a;s=Tank.Level", "urn:a", "s=Tank.Level")]
    [InlineData("nsu=http://a/b;c;i=7", "http://a/b;c", "i=7")]
    [InlineData("ns=3;g=09087e75-8e5e-499b-954f-f2a9603db28a", null, "g=09087e75-8e5e-499b-954f-f2a9603db28a")]
    [InlineData("i=2258", null, "i=2258")]
    [InlineData("nsu=urn:a;s=with;i=9 in it", "urn:a", "s=with;i=9 in it")]
    public void A_node_is_named_by_namespace_and_identifier(string text, string? uri, string identifier)
    {
        var name = NodeName.Parse(text);
        Assert.NotNull(name);
        Assert.Equal((uri, identifier), (name.NamespaceUri, name.Identifier.ToString()));
        Assert.Empty(name.Path);
    }

    [Fact]
    public void A_node_is_named_by_a_path()
    {
        var name = NodeName.Parse("nsu=urn:a;/Plant/0:Server/a&/b&&c");
        Assert.NotNull(name);
        Assert.Equal([("Plant", false), ("Server", true), ("a/b&c", false)], name.Path);
    }

    [Theory]
    [InlineData("Tank")]
    [InlineData("nsu=urn:a")]
    [InlineData("nsu=;s=a")]
    [InlineData("ns=70000;s=a")]
    [InlineData("ns=x;s=a")]
    [InlineData("ns=2;i=-1")]
    [InlineData("ns=2;g=no")]
    [InlineData("s=")]
    [InlineData("nsu=urn:a;/")]
    [InlineData("nsu=urn:a;/a//b")]
    [InlineData("nsu=urn:a;/a&")]
    [InlineData("/0:")]
    public void What_names_no_node_is_refused(string text) => Assert.Null(NodeName.Parse(text));

    [Theory]
    [InlineData("0.5", DeadbandKind.Absolute, 0.5)]
    [InlineData("2%", DeadbandKind.Percent, 2)]
    public void A_deadband_is_absolute_or_a_share(string text, object kind, double width)
    {
        var point = Point(("node", "i=1"), ("deadband", text));
        Assert.Equal(new DataChangeFilter(DataChangeTrigger.StatusValue, (DeadbandKind)kind, width), point!.Deadband);
    }

    [Theory]
    [InlineData("node", "")]
    [InlineData("node", "Tank")]
    [InlineData("index", "-1")]
    [InlineData("index", "a")]
    [InlineData("sampling", "5")]
    [InlineData("sampling", "2h")]
    [InlineData("queue", "0")]
    [InlineData("deadband", "0")]
    [InlineData("deadband", "120%")]
    [InlineData("deadband", "NaN")]
    public void A_wrong_cell_is_refused_by_its_name(string column, string text)
    {
        var faults = new List<SettingFault>();
        var cells = new Dictionary<string, string> { ["node"] = "i=1", [column] = text };
        Assert.Null(new OpcUaType().ReadPoint("s", new SettingRow(cells, faults.Add)));
        Assert.Equal(column, Assert.Single(faults).Key);
    }

    [Theory]
    [InlineData("security", "security=none-at-all")]
    [InlineData("security-mode", "security=None security-mode=sign")]
    [InlineData("password-file", "username=a")]
    [InlineData("username", "password-file=/p")]
    [InlineData("user-certificate", "user-key=/k")]
    [InlineData("username", "username=a password-file=/p user-certificate=/c user-key=/k")]
    [InlineData("ignore-host", "ignore-host=maybe")]
    [InlineData("session-timeout", "session-timeout=1s")]
    public void A_wrong_line_key_is_refused_by_its_name(string key, string keys)
    {
        var faults = new List<SettingFault>();
        Assert.Null(new OpcUaType().ReadLine(new SettingRow(keys.Split(' ').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]), faults.Add)));
        Assert.Equal(key, Assert.Single(faults).Key);
    }

    [Fact]
    public void No_security_must_be_written()
    {
        Assert.Null(new OpcUaType().ReadLine(new SettingRow(new Dictionary<string, string>(), fault => Assert.Fail(fault.ToString()))) is OpcUaLine line ? line.Endpoint.Policy : null);
        var open = (OpcUaLine)new OpcUaType().ReadLine(new SettingRow(new Dictionary<string, string> { ["security"] = "None" }, fault => Assert.Fail(fault.ToString())))!;
        Assert.True(open.Endpoint.Policy!.IsNone);
    }

    private static OpcUaPoint? Point(params (string Key, string Text)[] cells) =>
        (OpcUaPoint?)new OpcUaType().ReadPoint("s", new SettingRow(cells.ToDictionary(cell => cell.Key, cell => cell.Text), fault => Assert.Fail(fault.ToString())));
}
