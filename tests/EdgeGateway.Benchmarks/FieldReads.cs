using System.Diagnostics;
using System.Net;
using EdgeGateway.PlantSimulator;

namespace EdgeGateway.Benchmarks;

/// <summary>
/// Reads over Modbus against simulated slaves in processes of their own: the driver beside a loop over a bare asynchronous socket and beside libmodbus, in rounds
/// that alternate; several questions at once; many slow slaves; what a serial line costs.
/// </summary>
internal static class FieldReads
{
    private const int Rounds = 7;
    private const int Reads = 4000;
    private const int Many = 200;

    private static readonly TimeSpan SerialFor = TimeSpan.FromSeconds(20);

    // A device in another building, or one that thinks for a moment.
    private static readonly TimeSpan Distance = TimeSpan.FromMilliseconds(2);

    private const int SerialRegisters = 20;

    // One byte of 11 bits at 9600 baud, and all of an answer.
    private static readonly TimeSpan ByteTime = TimeSpan.FromMicroseconds(1146);
    private static readonly TimeSpan AnswerTime = ByteTime * (5 + 2 * SerialRegisters);

    /// <param name="part"><c>tcp</c>, <c>serial</c> or <c>meters</c>; null for all.</param>
    public static async Task<int> RunAsync(string? part)
    {
        if (part is null or "tcp") await TcpAsync().ConfigureAwait(false);
        if (part is null or "serial") await SerialAsync().ConfigureAwait(false);
        if (part is null or "meters") await BusOfMeters.RunAsync().ConfigureAwait(false);
        return 0;
    }

    private static async Task TcpAsync()
    {
        using (var slave = SlaveProcess.Start(port: null, Fault.None))
        {
            await SequentialAsync(slave.Address).ConfigureAwait(false);
            await ManyAsync(slave.Address).ConfigureAwait(false);
            await WindowAsync(slave.Address, "", Reads).ConfigureAwait(false);
            await using var way = new PacedBus(IPEndPoint.Parse(slave.Address.Authority), TimeSpan.Zero, Distance);
            await WindowAsync(way.Address, $" at a distance of {Distance.TotalMilliseconds:0} ms", Reads / 10).ConfigureAwait(false);
        }
        using (var slow = SlaveProcess.Start(port: null, Fault.SlowReply(TimeSpan.FromMilliseconds(20)))) await SlowSlavesAsync(slow.Address).ConfigureAwait(false);
    }

    private static async Task SerialAsync()
    {
        foreach (var transport in new[] { "", "&transport=ports" })
        {
            await SerialAsync("in one piece, as a converter with a buffer brings it", Fault.SlowReply(AnswerTime), transport).ConfigureAwait(false);
            await SerialAsync("byte by byte", Fault.SplitEvery(ByteTime), transport).ConfigureAwait(false);
        }
    }

    private static async Task SequentialAsync(Uri slave)
    {
        await using var loop = await MasterLoop.OpenAsync(slave).ConfigureAwait(false);
        using var c = LibModbus.TryOpen(slave);
        var (driver, raw, lib) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            driver.Add(await PerSecondAsync(Reads, () => loop.PollAsync(Reads)).ConfigureAwait(false));
            raw.Add(await PerSecondAsync(Reads, () => loop.ExchangeAsync(Reads)).ConfigureAwait(false));
            if (c is not null) lib.Add(await PerSecondAsync(Reads, () => Task.Run(() => c.Read(MasterLoop.Registers, Reads))).ConfigureAwait(false));
        }
        Say($"one connection, {MasterLoop.Registers} registers a question: driver {Middle(driver):0}/s; bare socket {Middle(raw):0}/s ({Middle(driver) / Middle(raw):0.00} x); "
            + (c is null ? "libmodbus is not here" : $"libmodbus {Middle(lib):0}/s ({Middle(driver) / Middle(lib):0.00} x)"));
    }

    private static async Task ManyAsync(Uri slave)
    {
        var loops = await OpenManyAsync(slave).ConfigureAwait(false);
        var (driver, raw) = (new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            driver.Add(await PerSecondAsync(Many * 100, () => Task.WhenAll(loops.Select(loop => loop.PollAsync(100)))).ConfigureAwait(false));
            raw.Add(await PerSecondAsync(Many * 100, () => Task.WhenAll(loops.Select(loop => loop.ExchangeAsync(100)))).ConfigureAwait(false));
        }
        Say($"{Many} connections: driver {Middle(driver):0}/s; bare sockets {Middle(raw):0}/s ({Middle(driver) / Middle(raw):0.00} x)");
        foreach (var loop in loops) await loop.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task WindowAsync(Uri slave, string where, int reads)
    {
        const int questions = SlaveProcess.Registers / MasterLoop.Registers;
        var windows = new[] { 1, 4, 16 };
        var loops = new List<MasterLoop>();
        foreach (var window in windows) loops.Add(await MasterLoop.OpenAsync(slave, questions, window: window).ConfigureAwait(false));
        var figures = windows.Select(_ => new List<double>()).ToList();
        for (var round = 0; round < Rounds; round++)
            for (var i = 0; i < windows.Length; i++)
            {
                var loop = loops[i];
                figures[i].Add(await PerSecondAsync(reads, () => loop.PollAsync(reads / questions)).ConfigureAwait(false));
            }
        for (var i = 0; i < windows.Length; i++)
            Say($"polls of {questions} questions{where}, window {windows[i]}: {Middle(figures[i]):0} questions/s ({Middle(figures[i]) / Middle(figures[0]):0.00} x)");
        foreach (var loop in loops) await loop.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task SlowSlavesAsync(Uri slave)
    {
        var loops = await OpenManyAsync(slave).ConfigureAwait(false);
        var driver = await PerSecondAsync(Many * 250, () => Task.WhenAll(loops.Select(loop => loop.PollAsync(250)))).ConfigureAwait(false);
        var raw = await PerSecondAsync(Many * 250, () => Task.WhenAll(loops.Select(loop => loop.ExchangeAsync(250)))).ConfigureAwait(false);
        Say($"{Many} slaves that answer after 20 ms: driver {driver:0}/s, bare sockets {raw:0}/s, of an ideal {Many / 0.020:0}/s");
        foreach (var loop in loops) await loop.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task SerialAsync(string how, Fault answer, string transport)
    {
        var folder = Directory.CreateTempSubdirectory("edgegateway-bench-");
        using (var slave = SlaveProcess.Start(Path.Combine(folder.FullName, "port"), answer))
        {
            await using var loop = await MasterLoop.OpenAsync(new Uri($"{slave.Address}?baud=9600&format=8E1{transport}"), registers: SerialRegisters).ConfigureAwait(false);
            await loop.PollAsync(100).ConfigureAwait(false); // compiled, and compiled better
            using var process = Process.GetCurrentProcess();
            var (polls, since, cpu) = (0, TimeProvider.System.GetTimestamp(), process.TotalProcessorTime);
            for (; TimeProvider.System.GetElapsedTime(since) < SerialFor; polls++) await loop.PollAsync(1).ConfigureAwait(false);
            process.Refresh();
            var (took, cost) = (TimeProvider.System.GetElapsedTime(since), process.TotalProcessorTime - cpu);
            Say($"a line of 9600 baud{(transport.Length > 0 ? " by System.IO.Ports" : "")}, answers of {SerialRegisters} registers {how}: "
                + $"{polls / took.TotalSeconds:0.0} polls/s, {cost / took:P2} of a core, {cost.TotalMicroseconds / polls:0} us a poll");
        }
        folder.Delete(recursive: true);
    }

    private static async Task<List<MasterLoop>> OpenManyAsync(Uri slave)
    {
        var loops = new List<MasterLoop>();
        for (var i = 0; i < Many; i++) loops.Add(await MasterLoop.OpenAsync(slave).ConfigureAwait(false));
        return loops;
    }

    private static async Task<double> PerSecondAsync(int count, Func<Task> work)
    {
        var start = TimeProvider.System.GetTimestamp();
        await work().ConfigureAwait(false);
        return count / TimeProvider.System.GetElapsedTime(start).TotalSeconds;
    }

    private static double Middle(List<double> figures) => figures.Order().ElementAt(figures.Count / 2);

    // The program knows no other culture than the invariant one.
    private static void Say(string line) => Console.WriteLine(line);
}
