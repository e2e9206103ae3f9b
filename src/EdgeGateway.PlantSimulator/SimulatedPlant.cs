using EdgeGateway.PlantSimulator.OpcUa;

namespace EdgeGateway.PlantSimulator;

/// <summary>
/// A plant on loopback: lines with slaves that serve moving values. For demonstrations, tests and soak runs; it knows nothing of the
/// gateway's drivers.
/// </summary>
/// <param name="lines">Its lines; names of devices are unique in the plant.</param>
/// <param name="time">The clock of serve times and delays.</param>
/// <param name="ledger">Takes down what is served; null to do without.</param>
/// <param name="seed">The same seed and the same questions bring the same values.</param>
internal sealed class SimulatedPlant(IReadOnlyList<SimulatedLine> lines, TimeProvider time, ServedLedger? ledger = null, ulong seed = 1)
    : IAsyncDisposable
{
    /// <summary>Its lines; each knows its endpoint once the plant has started.</summary>
    public IReadOnlyList<SimulatedLine> Lines { get; } = lines;

    /// <summary>What was served; null if nobody takes it down.</summary>
    public ServedLedger? Ledger { get; } = ledger;

    /// <summary>Every device of every line.</summary>
    public IEnumerable<SimulatedDevice> Devices => Lines.SelectMany(line => line.Devices);

    /// <summary>Every meter of every line.</summary>
    public IEnumerable<SimulatedMeter> Meters => Lines.SelectMany(line => line.Meters);

    /// <summary>Every OPC UA server.</summary>
    public IEnumerable<SimulatedServer> Servers => Lines.Select(line => line.Server).OfType<SimulatedServer>();

    /// <summary>Requests of functions that write, on all lines. A gateway that only reads leaves this at 0.</summary>
    public long WriteRequests => Lines.Sum(line => line.WriteRequests);

    /// <summary>Opens every line; returns when all of them listen.</summary>
    /// <exception cref="ArgumentException">Two devices of the plant share a name.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">A port is taken.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var twice = Devices.Select(device => device.Name).Concat(Meters.Select(meter => meter.Name))
            .Concat(Servers.SelectMany(server => server.Devices).Select(device => device.Name)).GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1);
        if (twice is not null) throw new ArgumentException($"two devices are called {twice.Key}, expected names unique in the plant");
        foreach (var device in Devices) device.Prepare(seed, Ledger);
        foreach (var meter in Meters) meter.Prepare(seed, Ledger);
        foreach (var server in Servers) server.Prepare(seed, Ledger);
        foreach (var line in Lines) line.Open(time);
        return Task.CompletedTask;
    }

    /// <summary>The device of this name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public SimulatedDevice Device(string name) =>
        Devices.FirstOrDefault(device => device.Name == name) ?? throw new ArgumentException($"the plant has no device {name}", nameof(name));

    /// <summary>Closes every line and returns when all conversations have ended.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var line in Lines) await line.CloseAsync().ConfigureAwait(false);
    }
}
