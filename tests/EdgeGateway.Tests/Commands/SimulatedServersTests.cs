using EdgeGateway.Commands;
using EdgeGateway.PlantSimulator;
using EdgeGateway.PlantSimulator.OpcUa;
using EdgeGateway.Tests.Config;

namespace EdgeGateway.Tests.Commands;

/// <summary>OPC UA lines of a site as simulated servers: what is made of them, and what is refused by name.</summary>
public sealed class SimulatedServersTests
{
    [Theory]
    [InlineData("security: Aes256_Sha256_RsaPss", "nsu=urn:p;s=A,", "not Aes256_Sha256_RsaPss")]
    [InlineData("security: None", "ns=2;s=A,", "name it by its URI")]
    [InlineData("security: None", "nsu=http://opcfoundation.org/UA/;i=2258,", "a node of the standard itself")]
    [InlineData("security: None", "nsu=urn:p;s=A,3", "an element of an array")]
    public void What_cannot_be_simulated_is_refused_by_name(string keys, string node, string said)
    {
        using var site = SiteOf(keys, $"signal,group,node,index\nx,fast,{node}\n");
        Assert.Contains(said, SimulatedSite.Refuse(site.Plant(), onFreePorts: true), StringComparison.Ordinal);
    }

    [Fact]
    public void Evidence_is_refused_by_name()
    {
        using var site = SiteOf("security: None", "signal,group,node,evidence\nx,fast,nsu=urn:p;s=A,raw\n");
        Assert.Contains("evidence: raw", SimulatedSite.Refuse(site.Plant(), onFreePorts: true), StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_of_two_devices_is_refused_by_name()
    {
        using var site = SiteOf("security: None", "signal,group,node\nx,fast,nsu=urn:p;s=A\n");
        site.Write("lines/a.yaml", LineOf("security: None") + "  - device: e\n    map: n.csv\n    groups:\n      fast: 1s\n");
        site.Write("maps/n.csv", "signal,group,node\ny,fast,nsu=urn:p;s=A\n");
        Assert.Contains("d and e share the node", SimulatedSite.Refuse(site.Plant(), onFreePorts: true), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_has_the_sites_nodes_user_and_security()
    {
        using var site = SiteOf("username: operator\npassword-file: word", """
            signal,group,node,unit,scale,min,max
            temperature,fast,nsu=urn:p;s=T1,°C,,0,600
            energy,fast,nsu=urn:p;i=7,kWh,,,
            valve-closed,fast,nsu=urn:p;/Plant/Valve/Closed,,,,
            raw,fast,nsu=urn:p;s=R1,%,0.1,,
            """);
        site.Write("word", "secret\n");
        Assert.Null(SimulatedSite.Refuse(site.Plant(), onFreePorts: true));
        await using var plant = SimulatedSite.Of(site.Plant(), ledger: null, onFreePorts: true, TimeProvider.System);
        await plant.StartAsync(CancellationToken.None);

        var server = plant.Servers.Single();
        Assert.StartsWith("opc.tcp://127.0.0.1:", plant.Lines[0].Address, StringComparison.Ordinal);
        Assert.Equal("secret", server.Settings.Users["operator"]);
        Assert.False(server.Settings.HasNone || server.Settings.TakesAnonymous);
        var types = server.Devices[0].Variables.ToDictionary(variable => variable.Point.Point.Name, variable => variable.Type);
        Assert.Equal(new Dictionary<string, UaType> { ["temperature"] = UaType.Float, ["energy"] = UaType.Double, ["valve-closed"] = UaType.Boolean, ["raw"] = UaType.Int32 }, types);
        Assert.Equal((0.0, 600.0), server.Devices[0].Points[0].Range);
        Assert.Equal(WaveformKind.Counter, server.Devices[0].Points[1].Point.Waveform.Kind);
    }

    [Fact]
    public async Task The_certificate_of_a_folder_is_the_same_at_the_next_start()
    {
        using var site = SiteOf("security: Basic256Sha256", "signal,group,node\nx,fast,nsu=urn:p;s=A\n");
        var folder = Path.Combine(site.Path, "certificates");
        Assert.Equal(await FingerprintOf(site, folder), await FingerprintOf(site, folder));
        Assert.NotEqual(await FingerprintOf(site, folder), await FingerprintOf(site, null));
    }

    private static async Task<string> FingerprintOf(SiteOnDisk site, string? folder)
    {
        await using var plant = SimulatedSite.Of(site.Plant(), ledger: null, onFreePorts: true, TimeProvider.System, folder);
        await plant.StartAsync(CancellationToken.None);
        return plant.Servers.Single().Fingerprint;
    }

    private static SiteOnDisk SiteOf(string keys, string map)
    {
        var site = new SiteOnDisk();
        site.Write("lines/a.yaml", LineOf(keys));
        site.Write("maps/m.csv", map);
        return site;
    }

    private static string LineOf(string keys) => $"line: a\nconnect: opc.tcp://127.0.0.1:4840\nprotocol: opcua\n{keys}\ndevices:\n  - device: d\n    map: m.csv\n    groups:\n      fast: 1s\n";
}
