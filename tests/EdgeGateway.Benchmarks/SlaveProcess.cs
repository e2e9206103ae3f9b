using System.Diagnostics;
using System.Globalization;
using EdgeGateway.PlantSimulator;

namespace EdgeGateway.Benchmarks;

/// <summary>A simulated slave in a process of its own, so that it costs the masters' process nothing.</summary>
internal sealed class SlaveProcess : IDisposable
{
    /// <summary>Holding registers it has, from 0.</summary>
    public const int Registers = 1600;

    private readonly Process _process;

    private SlaveProcess(Process process, Uri address) => (_process, Address) = (process, address);

    /// <summary><c>tcp://127.0.0.1:40000</c>, or <c>serial:///tmp/…/port</c>.</summary>
    public Uri Address { get; }

    /// <param name="port">The path of a pseudo-terminal to make; null for Modbus TCP.</param>
    /// <param name="answer">How long it thinks about every answer, or how long each byte of one takes.</param>
    public static SlaveProcess Start(string? port, Fault answer)
    {
        string[] arguments = [typeof(SlaveProcess).Assembly.Location, "slave", port ?? "tcp", answer.Kind.ToString(), answer.Delay.TotalMicroseconds.ToString(CultureInfo.InvariantCulture)];
        var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })
            ?? throw new InvalidOperationException("the slave's process did not start");
        return new SlaveProcess(process, new Uri(process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("the slave's process ended at once")));
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    /// <summary>What the process does: until its input ends.</summary>
    public static async Task<int> BeOneAsync(string port, string kind, string delay)
    {
        var device = new SimulatedDevice("dev", 1, [.. Enumerable.Range(0, Registers).Select(i => new SimulatedPoint
        {
            Name = $"h{i}",
            Area = PointArea.Holding,
            Address = i,
            Type = PointType.UInt16,
            Order = WordOrder.ABCD,
            Waveform = Waveform.Counter(i, 1),
        })]);
        var line = port == "tcp" ? new SimulatedLine("line", [device]) : SimulatedLine.OnPort("line", [device], LineWire.Rtu, port);
        device.Fault = new Fault(Enum.Parse<FaultKind>(kind), TimeSpan.FromMicroseconds(double.Parse(delay, CultureInfo.InvariantCulture)));
        await using var plant = new SimulatedPlant([line], TimeProvider.System, null);
        await plant.StartAsync(CancellationToken.None).ConfigureAwait(false);
        Console.WriteLine(line.Address);
        await Console.In.ReadToEndAsync().ConfigureAwait(false);
        return 0;
    }
}
