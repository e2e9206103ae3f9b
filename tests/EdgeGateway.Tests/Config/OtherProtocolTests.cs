using EdgeGateway.Config;
using EdgeGateway.Drivers;

namespace EdgeGateway.Tests.Config;

/// <summary>Nothing in the loader is about one protocol: keys, columns and schemes come from the protocol's type.</summary>
public sealed class OtherProtocolTests
{
    [Fact]
    public void A_protocol_brings_its_own_keys_columns_and_schemes()
    {
        using var site = new SiteOnDisk();
        WriteLine(site, "a", "serial:///dev/ttyS0?baud=9600");
        site.Write("maps/m.csv", "signal,group,shelf\ny,fast,7\nx,fast,3\n");
        var load = PlantLoader.Load(site.Path, [new ShelfType()]);
        Assert.Empty(load.Faults);
        var group = load.Plant!.Groups.Single();
        Assert.Equal(["d-a.x", "d-a.y"], group.Signals.Select(signal => signal.Id.Text));
        Assert.Equal(TimeSpan.FromSeconds(3), group.Poll.Device.Timeout);
    }

    [Fact]
    public void Two_lines_cannot_share_a_serial_port()
    {
        using var site = new SiteOnDisk();
        WriteLine(site, "a", "serial:///dev/ttyS0");
        WriteLine(site, "b", "serial:///dev/ttyS0");
        site.Write("maps/m.csv", "signal,group,shelf\nx,fast,3\n");
        var fault = PlantLoader.Load(site.Path, [new ShelfType()]).Faults.Single();
        Assert.Equal(("lines/b.yaml", 2), (fault.File, fault.Line));
    }

    [Fact]
    public void What_a_protocol_refuses_stands_at_the_line_of_its_key()
    {
        using var site = new SiteOnDisk();
        WriteLine(site, "a", "serial:///dev/ttyS0", patience: "forever");
        site.Write("maps/m.csv", "signal,group,shelf\nx,fast,3\ny,fast,300\nz,fast,3\n");
        var faults = PlantLoader.Load(site.Path, [new ShelfType()]).Faults;
        Assert.Equal([("lines/a.yaml", 6), ("maps/m.csv", 3), ("maps/m.csv", 4)], faults.Select(fault => (fault.File, fault.Line)));
    }

    private static void WriteLine(SiteOnDisk site, string name, string connect, string patience = "3s") =>
        site.Write($"lines/{name}.yaml", $"""
            line: {name}
            connect: {connect}
            protocol: shelves
            devices:
              - device: d-{name}
                patience: {patience}
                map: m.csv
                groups:
                  fast: 1s
            """);

    private sealed class ShelfPoint : DevicePoint
    {
        public required int Shelf { get; init; }
    }

    private sealed class ShelfSettings : DeviceSettings;

    private sealed class ShelfType : DriverType
    {
        public override string Name => "shelves";
        public override IReadOnlyList<string> Schemes => ["serial"];
        public override IReadOnlyList<string> DeviceKeys => ["patience"];
        public override IReadOnlyList<string> PointColumns => ["shelf"];

        public override DeviceSettings? ReadDevice(SettingRow row)
        {
            var patience = row.Duration("patience", TimeSpan.FromSeconds(1), TimeSpan.Zero, TimeSpan.FromMinutes(1));
            return row.HasFaults ? null : new ShelfSettings { Timeout = patience };
        }

        public override DevicePoint? ReadPoint(string signal, SettingRow row)
        {
            var shelf = row.Whole("shelf", 0, 0, 255);
            return row.HasFaults ? null : new ShelfPoint { Signal = signal, Shelf = shelf };
        }

        public override int Compare(DevicePoint left, DevicePoint right) => ((ShelfPoint)left).Shelf.CompareTo(((ShelfPoint)right).Shelf);
        public override bool Overlap(DevicePoint left, DevicePoint right) => Compare(left, right) == 0;
        public override TimeSpan LeastTime(PollGroup group) => TimeSpan.FromMilliseconds(1);
        public override IDriver Create(string line, TimeProvider time) =>
            throw new InvalidOperationException("loading a site opens no line");
    }
}
