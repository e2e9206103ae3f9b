using EdgeGateway.PlantSimulator;
using Microsoft.Extensions.Time.Testing;

namespace EdgeGateway.Drivers.Tests.PlantSimulator;

/// <summary>A plant with one device and a master connected to it.</summary>
internal sealed class Bench : IAsyncDisposable
{
    private Bench(SimulatedPlant plant, RawMaster master, FakeTimeProvider time)
    {
        Plant = plant;
        Master = master;
        Time = time;
    }

    public SimulatedPlant Plant { get; }
    public RawMaster Master { get; }
    public FakeTimeProvider Time { get; }
    public SimulatedLine Line => Plant.Lines[0];
    public SimulatedDevice Device => Line.Devices[0];
    public ServedLedger Ledger => Plant.Ledger!; // every bench has one

    public static Task<Bench> With(params SimulatedPoint[] points) => Of(new SimulatedDevice("dev", 1, points));

    public static async Task<Bench> Of(SimulatedDevice device, ulong seed = 1, ServedLedger? ledger = null)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero));
        var plant = new SimulatedPlant([new SimulatedLine("line", [device])], time, ledger ?? new ServedLedger(), seed);
        await plant.StartAsync(CancellationToken.None);
        return new Bench(plant, await RawMaster.To(plant.Lines[0].EndPoint), time);
    }

    public static SimulatedPoint Holding(string name, int address, PointType type, Waveform waveform, WordOrder order = WordOrder.ABCD) =>
        new() { Name = name, Area = PointArea.Holding, Address = address, Type = type, Order = order, Waveform = waveform };

    public async ValueTask DisposeAsync()
    {
        Master.Dispose();
        await Plant.DisposeAsync();
    }
}
