using System.Text.Json;
using System.Text.RegularExpressions;
using EdgeGateway.Drivers.Tests.OpcUa;

namespace EdgeGateway.SystemTests;

/// <summary>What a person does before a line is written: look at a server, accept it, browse it, make a map; and later renew the gateway's certificate.</summary>
public sealed partial class OpcUaToolsTests
{
    [Fact]
    public async Task A_server_is_inspected_accepted_and_browsed_into_a_map_that_check_takes()
    {
        await using var server = await PeerServer.Start();
        using var folder = new TemporaryFolder();
        var site = SiteOf(folder, server);
        string[] who = [server.Url, "--site", site.Folder, "--ignore-host", "yes"];

        await using var unknown = await RunningProgram.GatewayToEnd(2, ["browse", .. who]);
        Assert.Contains("application  urn:opcua-peer", unknown.Errors, StringComparison.Ordinal);
        await using var inspected = await RunningProgram.GatewayToEnd(1, ["opcua", "inspect", .. who]);
        Assert.Contains("its certificate is not trusted here", inspected.Output, StringComparison.Ordinal);
        var accept = Accept().Match(unknown.Errors);
        await using var accepted = await RunningProgram.GatewayToEnd(0, "trust", "accept", accept.Groups[1].Value, "--state", accept.Groups[2].Value);

        await using var report = await RunningProgram.GatewayToEnd(1, ["opcua", "inspect", .. who, "--json"]);
        using var json = JsonDocument.Parse(report.Output);
        Assert.Equal("2.186.4", json.RootElement.GetProperty("session").GetProperty("server").GetProperty("softwareVersion").GetString());
        Assert.Equal(1, json.RootElement.GetProperty("endpoints").EnumerateArray().Count(endpoint => endpoint.GetProperty("isTaken").GetBoolean()));

        var map = Path.Combine(site.Folder, "maps", "ua.csv");
        File.Delete(map);
        await using var browse = await RunningProgram.GatewayToEnd(0, ["browse", .. who, "--from", "/Site", "--map", map, "--values"]);
        Assert.Contains("Level  Double, m, 0 .. 12.5  nsu=urn:opcua-peer:plant;s=Tank 1.Level  = 3.5  Good", browse.Output, StringComparison.Ordinal);
        Assert.Contains("variables that are arrays", browse.Errors, StringComparison.Ordinal);
        await using var check = await RunningProgram.GatewayToEnd(0, "check", "--site", site.Folder);
        await using var probe = await RunningProgram.GatewayToEnd(0, "probe", "ua.Tank-2-Level", "--site", site.Folder);
        Assert.Contains("3.5", probe.Output, StringComparison.Ordinal);

        await using var line = await RunningProgram.GatewayToEnd(1, "browse", "ua", "--site", site.Folder, "--limit", "3");
        Assert.Contains("--after", line.Errors, StringComparison.Ordinal);
        await using var nothing = await RunningProgram.GatewayToEnd(1, ["browse", .. who, "--search", "no such name"]);
        await using var twice = await RunningProgram.GatewayToEnd(2, ["browse", .. who, "--map", map]);
        Assert.Contains("--overwrite", twice.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_next_certificate_is_put_to_use_only_once_every_server_takes_it()
    {
        await using var server = await PeerServer.Start(environment: new Dictionary<string, string> { ["PEER_STRICT"] = "1" });
        using var folder = new TemporaryFolder();
        var site = SiteOf(folder, server);
        await using var unknown = await RunningProgram.GatewayToEnd(2, "browse", "ua", "--site", site.Folder);
        var accept = Accept().Match(unknown.Errors);
        await using var accepted = await RunningProgram.GatewayToEnd(0, "trust", "accept", accept.Groups[1].Value, "--state", accept.Groups[2].Value);
        await using var refused = await RunningProgram.GatewayToEnd(2, "browse", "ua", "--site", site.Folder);
        Assert.Contains("it does not trust our certificate yet", refused.Errors, StringComparison.Ordinal);
        await using var before = await RunningProgram.GatewayToEnd(0, "trust", "own", "show", "--state", site.State);
        await using var renewed = await RunningProgram.GatewayToEnd(0, "trust", "own", "renew", "--state", site.State);
        var next = Thumbprint().Match(renewed.Output).Groups[1].Value;
        Assert.DoesNotContain(next, before.Output, StringComparison.Ordinal);

        await using var early = await RunningProgram.GatewayToEnd(1, "trust", "own", "use", "--site", site.Folder, "--state", site.State);
        Assert.Contains("the old one stays in use", early.Errors, StringComparison.Ordinal);
        await using var export = await RunningProgram.GatewayToEnd(0, "trust", "own", "export", folder.Sub("next.der"), "--next", "--state", site.State);
        var rejected = Directory.GetFiles(Path.Combine(server.Pki, "rejected")).Single(file => file.Contains(next, StringComparison.OrdinalIgnoreCase));
        await server.Kill(); // it may overlook a file that moves while it runs
        File.Delete(rejected);
        File.Copy(folder.Sub("next.der"), Path.Combine(server.Pki, "trusted", "certs", "next.der"));
        await server.Run();
        await using var use = await RunningProgram.GatewayToEnd(0, "trust", "own", "use", "--site", site.Folder, "--state", site.State);
        await using var after = await RunningProgram.GatewayToEnd(0, "trust", "own", "show", "--state", site.State);
        Assert.Equal(next, Thumbprint().Match(after.Output).Groups[1].Value);
        await using var taken = await RunningProgram.GatewayToEnd(0, "browse", "ua", "--site", site.Folder, "--state", site.State);
    }

    [Theory]
    [InlineData("tcp://127.0.0.1:4840", "expected opc.tcp://host:port")]
    [InlineData("opc.tcp://user:secret@127.0.0.1:4840", "names go into --username")]
    [InlineData("opc.tcp://127.0.0.1:1", "Connection refused")]
    [InlineData("nobody", "nobody is no OPC UA line of the site")]
    public async Task An_address_that_is_none_says_what_is_expected(string address, string said)
    {
        using var folder = new TemporaryFolder();
        var site = new SiteCopy(folder.Sub("site"), "mqtt://127.0.0.1:1883");
        await using var program = await RunningProgram.GatewayToEnd(2, "browse", address, "--site", site.Folder);
        Assert.Contains(said, program.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", program.Said, StringComparison.Ordinal);
    }

    private static SiteCopy SiteOf(TemporaryFolder folder, PeerServer server)
    {
        var site = new SiteCopy(folder.Sub("site"), "mqtt://127.0.0.1:1883");
        site.Delete("plant.yaml"); // it names signals of those lines
        foreach (var file in Directory.GetFiles(Path.Combine(site.Folder, "lines"))) File.Delete(file);
        File.WriteAllText(Path.Combine(site.Folder, "lines", "ua.yaml"),
            $"line: ua\nconnect: {server.Url}\nprotocol: opcua\nignore-host: yes\ndevices:\n  - device: ua\n    map: ua.csv\n    groups:\n      fast: 500ms\n");
        File.WriteAllText(Path.Combine(site.Folder, "maps", "ua.csv"), "signal,group,node\ncounter,fast,nsu=urn:opcua-peer:plant;s=Counter0\n");
        return site;
    }

    [GeneratedRegex(@"trust accept ([0-9A-F]+) --state (\S+)")]
    private static partial Regex Accept();

    [GeneratedRegex(@"thumbprint +([0-9A-F]{40})")]
    private static partial Regex Thumbprint();
}
