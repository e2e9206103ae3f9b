using System.Collections.Immutable;
using EdgeGateway.PlantSimulator;
using EdgeGateway.PlantSimulator.OpcUa;

namespace EdgeGateway.Drivers.Tests.OpcUa.Simulator;

/// <summary>A simulated server with one device: a level that wanders, a count that goes up by one, a switch, a text, and a node that is found by its path only.</summary>
internal sealed class SimulatedDcs : IAsyncDisposable
{
    public const string Uri = "urn:simulated-plant:boiler";

    private SimulatedDcs(SimulatedServer server) => (Server, Plant) = (server, new SimulatedPlant([SimulatedLine.OfServer(server)], TimeProvider.System, Ledger));

    public ServedLedger Ledger { get; } = new();

    public SimulatedPlant Plant { get; }

    public SimulatedServer Server { get; }

    public UaDevice Boiler => Server.Devices[0];

    public SimulatedLine Line => Plant.Lines[0];

    public string Url => Line.Address;

    public static async Task<SimulatedDcs> Start(ServerSettings? settings = null)
    {
        var quick = settings ?? new ServerSettings();
        var dcs = new SimulatedDcs(new SimulatedServer("dcs", [new UaDevice("boiler", Points)], quick with { Tick = TimeSpan.FromMilliseconds(20), Scan = TimeSpan.FromMilliseconds(40) }));
        await dcs.Plant.StartAsync(CancellationToken.None);
        return dcs;
    }

    public static ImmutableDictionary<string, string> Users { get; } = ImmutableDictionary<string, string>.Empty.Add("operator", "pässword");

    public ValueTask DisposeAsync() => Plant.DisposeAsync();

    private static IReadOnlyList<UaPoint> Points { get; } =
    [
        Point("level", PointType.Float32, Waveform.Wander(50, 5, 0, 100)) with { Unit = "%", Range = (0, 100) },
        Point("count", PointType.Int64, Waveform.Ramp(0, 1_000_000_000, 1)),
        Point("switch", PointType.Bool, Waveform.Toggle(3)),
        Point("text", PointType.String, Waveform.Text("RUN", "水Boy")),
        Point("deep", PointType.Float64, Waveform.Wander(10, 1, 0, 20)) with { Identifier = "", Path = ["Plant", "Tank 1", "PV"] },
        Point("number", PointType.Float64, Waveform.Ramp(0, 1_000_000_000, 1)),
        Point("still", PointType.UInt16, Waveform.Constant(7)),
    ];

    private static UaPoint Point(string name, PointType type, Waveform wave) => new()
    {
        Point = new SimulatedPoint { Name = name, Area = PointArea.Holding, Address = 0, Type = type, Length = 32, Waveform = wave, IsHeld = true },
        NamespaceUri = Uri,
        Identifier = $"s=Boiler.{name}",
    };
}
