using EdgeGateway.PlantSimulator;

namespace EdgeGateway.SystemTests.FaultProgramme;

/// <summary>
/// Ledger D: every value the simulated devices served, and what they were asked to do beyond reading. The site must not read one group's registers along
/// with another's (<c>max-gap</c>): values that are served and rightly dropped would look lost.
/// </summary>
/// <param name="plant">A plant with a <see cref="SimulatedPlant.Ledger"/>.</param>
internal sealed class DeviceLedger(SimulatedPlant plant)
{
    public ServedLedger Served { get; } = plant.Ledger ?? throw new ArgumentException("the plant keeps no ledger", nameof(plant));

    /// <summary>Requests that would have changed something in the plant. Must be 0.</summary>
    public long WriteRequests => plant.WriteRequests;

    /// <summary>Every point of every device.</summary>
    public IEnumerable<(string Device, string Point)> Signals => plant.Devices.SelectMany(device => device.Points.Select(point => (device.Name, point.Name)));

    /// <summary>Values that a right-minded master has to keep.</summary>
    public long CountKept() => Signals.Sum(signal => Served.For(signal.Device, signal.Point).LongCount(value => !value.MustBeRefused));
}
