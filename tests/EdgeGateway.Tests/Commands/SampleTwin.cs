using EdgeGateway.Commands;
using EdgeGateway.Config;
using EdgeGateway.PlantSimulator;
using EdgeGateway.Tests.Config;

namespace EdgeGateway.Tests.Commands;

/// <summary>A site's plant, simulated on free ports, and the site pointed at it.</summary>
internal sealed class SampleTwin : IAsyncDisposable
{
    private SampleTwin(SimulatedPlant twin, Plant plant) => (Twin, Plant) = (twin, plant);

    public SimulatedPlant Twin { get; }

    public Plant Plant { get; }

    public static Task<SampleTwin> Start() => Start(PlantLoader.Load(SiteOnDisk.Sample).Plant!); // the sample site has no faults: its own tests say so

    public static async Task<SampleTwin> Start(Plant plant)
    {
        var twin = SimulatedSite.Of(plant, ledger: null, onFreePorts: true, TimeProvider.System);
        await twin.StartAsync(CancellationToken.None);
        return new SampleTwin(twin, plant.PointedAt(twin));
    }

    public ValueTask DisposeAsync() => Twin.DisposeAsync();
}
