using EdgeGateway.Config;
using EdgeGateway.Config.Import;
using EdgeGateway.Drivers;
using EdgeGateway.Drivers.OpcUa.Polling;
using FsCheck.Xunit;

namespace EdgeGateway.Tests.Config;

/// <summary>Variables of a server as a device map: whatever they are called there, the map is one that is read without a fault.</summary>
public sealed class NodeMapTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Names_that_stand_twice_get_their_parents_in_front()
    {
        var signals = SignalsOf(Row("a", "Site", "Tank 1", "Level"), Row("b", "Site", "Tank 2", "Level"), Row("c", "Site", "Pump"));
        Assert.Equal(["Tank-1-Level", "Tank-2-Level", "Pump"], signals);
    }

    [Fact]
    public void Names_that_even_their_parents_do_not_tell_apart_are_numbered() =>
        Assert.Equal(["P-T", "P-T-2", "P-T-3"], SignalsOf(Row("a", "P", "T"), Row("b", "P", "t"), Row("c", "P", "T")), StringComparer.OrdinalIgnoreCase);

    [Fact]
    public void A_name_in_other_letters_becomes_that_of_its_node_and_stays_beside_it()
    {
        var text = Text([new NodeMapRow(["站", "转速"], "nsu=urn:x;s=Pump.Speed", "r/min", "a remark")]);
        Assert.Contains("\nPump-Speed,转速,,fast,\"nsu=urn:x;s=Pump.Speed\",r/min\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_name_keeps_its_end()
    {
        var signal = SignalsOf(Row("a", new string('x', 60) + "-level"))[0];
        Assert.Equal(48, signal.Length);
        Assert.EndsWith("-level", signal, StringComparison.Ordinal);
    }

    [Fact]
    public void A_unit_that_is_too_long_stays_in_the_remark()
    {
        var text = Text([new NodeMapRow(["a"], "nsu=urn:x;s=a", new string('u', 25), $"a: Double, {new string('u', 25)}")]);
        Assert.Contains("nsu=urn:x;s=a\",\n", text, StringComparison.Ordinal);
    }

    [Property]
    public void Every_map_is_read_without_a_fault(string[]?[] paths)
    {
        var rows = paths.Select((path, at) => new NodeMapRow([.. (path ?? []).Select(name => name ?? ""), "v"], $"nsu=urn:a,b;i={at + 1}", (path is [{ } unit, ..] ? unit : "").Trim(), string.Join('/', path ?? [])) { Name = path is [.., { } name] ? name : "" }).ToList();
        if (rows.Count == 0) return;
        Assert.Equal(rows.Count, SignalsOf([.. rows]).Distinct(StringComparer.OrdinalIgnoreCase).Count());
    }

    private static NodeMapRow Row(string id, params string[] path) => new(path, $"nsu=urn:x;s={id}", "", "");

    private static string Text(NodeMapRow[] rows)
    {
        var map = new NodeMap("fast");
        foreach (var row in rows) Assert.True(map.Add(row));
        return map.ToText("Browsed at urn:server");
    }

    /// <summary>The signals, as the gateway reads them.</summary>
    private List<string> SignalsOf(params NodeMapRow[] rows)
    {
        Directory.CreateDirectory(_folder.Sub("maps"));
        File.WriteAllText(_folder.Sub("maps", "m.csv"), Text(rows));
        var faults = new FaultList();
        var map = new MapReader(SiteFolder.Open(_folder.Path, faults)!, faults).Read("maps/m.csv", new OpcUaType()); // it is there
        Assert.Equal([], faults.InOrder().Select(fault => fault.ToString()));
        return [.. map!.Points.Select(point => point.Name!)]; // no fault: it is a map, and each has a name
    }
}
