using System.Net;
using EdgeGateway.Commands;
using EdgeGateway.Config;
using EdgeGateway.Drivers;
using EdgeGateway.Drivers.Links;

namespace EdgeGateway.Benchmarks;

/// <summary>
/// One cycle of 32 meters on a line of 2400 baud, each asked for six things (energy, voltages, currents, powers, power factors, frequency), against the arithmetic of the wire: so
/// many characters of eleven bits, 100 ms of thought, and the silence that the driver keeps before it asks again.
/// </summary>
internal sealed class BusOfMeters : ISampleSink
{
    private const int Meters = 32;
    private const int Baud = 2400;
    private const int BitsOfCharacter = 11;

    // Four FE, 68, six of address, 68, control, length, four of identifier, sum, 16; an answer has its data besides.
    private const int EmptyFrame = 4 + 1 + 6 + 1 + 1 + 1 + 4 + 1 + 1;

    private static readonly TimeSpan Character = TimeSpan.FromSeconds((double)BitsOfCharacter / Baud);
    private static readonly TimeSpan Thought = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(30);

    // Bytes of data in each answer; a block of three or four where several are asked for.
    private static readonly (string Items, int Bytes)[] Questions =
        [("forward-active", 4), ("ua ub uc", 6), ("ia ib ic", 9), ("p pa pb pc", 12), ("pf pfa pfb pfc", 8), ("frequency", 2)];

    private readonly Sample[] _samples = new Sample[64];

    public Span<Sample> Block(int first, int count, long askedAt, long answeredAt) => _samples.AsSpan(first, count);

    public static async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("edgegateway-bench-");
        var plant = PlantOf(folder.FullName);
        await using var simulated = SimulatedSite.Of(plant, ledger: null, onFreePorts: true, TimeProvider.System);
        await simulated.StartAsync(CancellationToken.None).ConfigureAwait(false);
        var at = new Uri(simulated.Lines[0].Address);
        await using var bus = new PacedBus(new IPEndPoint(IPAddress.Parse(at.Host), at.Port), Character, Thought);
        var driver = plant.Lines[0].Protocol.Create("line", TimeProvider.System);
        await using var link = await LinkDial.For(bus.Address, TimeProvider.System).DialAsync(CancellationToken.None).ConfigureAwait(false);
        await driver.AttachAsync(link, CancellationToken.None).ConfigureAwait(false);
        var sink = new BusOfMeters();
        var groups = plant.Groups.Select(group => group.Poll).ToList();
        await sink.ReadAsync(driver, groups[0]).ConfigureAwait(false); // compiled

        var start = TimeProvider.System.GetTimestamp();
        foreach (var group in groups) await sink.ReadAsync(driver, group).ConfigureAwait(false);
        var took = TimeProvider.System.GetElapsedTime(start);

        var arithmetic = Meters * Questions.Aggregate(TimeSpan.Zero, (sum, question) => sum + Character * (2 * EmptyFrame + question.Bytes) + Thought + Quiet);
        Console.WriteLine($"{Meters} meters on a line of {Baud} baud, {Questions.Length} questions each: a cycle of {took.TotalSeconds:0.0} s, by the arithmetic of the wire {arithmetic.TotalSeconds:0.0} s ({took / arithmetic:0.000} x)");
        folder.Delete(recursive: true);
    }

    private async Task ReadAsync(IDriver driver, PollGroup group)
    {
        await driver.ReadAsync(group, this, CancellationToken.None).ConfigureAwait(false);
        if (_samples.Take(group.Points.Length).Any(sample => sample.Quality != Quality.Good)) throw new InvalidOperationException($"{group.Id}: a read went wrong");
    }

    private static Plant PlantOf(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "lines"));
        Directory.CreateDirectory(Path.Combine(folder, "maps"));
        File.WriteAllText(Path.Combine(folder, "site.yaml"), "site: bench\ngateway: gw\nbroker:\n  urls: [mqtt://127.0.0.1]\n");
        File.WriteAllText(Path.Combine(folder, "lines", "bus.yaml"), "line: bus\nconnect: tcp://127.0.0.1:1\nprotocol: dlt645\ndevices:\n"
            + string.Concat(Enumerable.Range(1, Meters).Select(i => $"  - {{ device: m{i}, address: \"{i:000000000000}\", quiet: {Quiet.TotalMilliseconds}ms, map: m.csv, groups: {{ all: 10m }} }}\n")));
        File.WriteAllText(Path.Combine(folder, "maps", "m.csv"), "signal,group,di\n" + string.Concat(Questions.SelectMany(question => question.Items.Split(' ')).Select(item => $"{item},all,{item}\n")));
        return PlantLoader.Load(folder) is { Plant: { } plant } ? plant : throw new InvalidOperationException("the benchmark's site has faults");
    }
}
