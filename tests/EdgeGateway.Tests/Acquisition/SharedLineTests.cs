using EdgeGateway.Acquisition;
using EdgeGateway.Config;
using EdgeGateway.Diagnostics;
using EdgeGateway.Drivers;
using EdgeGateway.Drivers.Links;
using EdgeGateway.PlantSimulator;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeGateway.Tests.Acquisition;

/// <summary>Two protocols that take turns on one line, with real frames and simulated slaves.</summary>
public sealed class SharedLineTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(150);
    private static readonly DriverType Rtu = DriverCatalog.Find("modbus-rtu")!; // in the catalog
    private static readonly DriverType Ascii = DriverCatalog.Find("modbus-ascii")!; // in the catalog

    [Fact]
    public async Task Devices_of_two_protocols_take_turns_on_one_line()
    {
        await using var bench = await Bench.Start();

        await Eventually.Is(() => bench.Good("rtu") >= 10 && bench.Good("ascii") >= 10, "both have answered ten times");

        await bench.Stop();
        Assert.Empty(bench.Wrong);
    }

    [Theory]
    [InlineData("rtu")]
    [InlineData("ascii")]
    public async Task An_answer_that_comes_late_is_not_taken_by_the_other_protocol(string late)
    {
        await using var bench = await Bench.Start();
        await Eventually.Is(() => bench.Good("rtu") > 0 && bench.Good("ascii") > 0, "both answer");

        var before = bench.Device(late).Requests;
        bench.Device(late).Fault = Fault.LateReply(Patience * 1.6);
        // More than two in a row and the device would be left alone for five seconds.
        await Eventually.Is(() => bench.Device(late).Requests >= before + 2, "two questions were answered late");
        bench.Device(late).Fault = Fault.None;
        var (rtu, ascii) = (bench.Good("rtu"), bench.Good("ascii"));
        await Eventually.Is(() => bench.Good("rtu") > rtu + 2 && bench.Good("ascii") > ascii + 2, "both answer again");

        await bench.Stop();
        Assert.Empty(bench.Wrong);
    }

    [Fact]
    public async Task The_turn_does_not_change_before_a_late_answer_must_have_come()
    {
        using var time = new SimulatedTime(TimeSpan.FromSeconds(20));
        var settings = Rtu.ReadDevice(Cells([]))!; // nothing in it to refuse; its timeout is 1 s
        var (silent, other) = (Plants.Group("silent", "g", 1, TimeSpan.FromSeconds(10), settings), Plants.Group("other", "g", 1, TimeSpan.FromSeconds(10), settings));
        var line = Plants.Line("line1", Rtu, Plants.Device("silent", silent),
            Plants.Device("other", other) with { OwnProtocol = Ascii });
        var (rtu, ascii) = (new FakeDriver(time), new FakeDriver(time));
        var turns = new DriverTurns(line, protocol => protocol == Rtu ? rtu : ascii, time);
        var sink = new PollSink(new ReadingChannel(), time);
        await turns.AttachAsync(new MemoryStream(), CancellationToken.None);

        await Ask(turns, line, silent, sink);
        turns.LetDown(silent.Poll);
        time.Pass(TimeSpan.FromMilliseconds(300));
        await Ask(turns, line, other, sink);
        await Ask(turns, line, silent, sink);

        Assert.Equal([0, TimeSpan.TicksPerSecond], rtu.Polls.Select(poll => poll.At));
        Assert.Equal([TimeSpan.TicksPerSecond], ascii.Polls.Select(poll => poll.At));
        Assert.Equal((2, 1), (rtu.Turns, ascii.Turns));
    }

    private static SettingRow Cells(Dictionary<string, string> cells) => new(cells, fault => Assert.Fail(fault.Expected));

    private static async Task Ask(DriverTurns turns, Line line, SignalGroup group, PollSink sink)
    {
        sink.Begin(group, 0);
        await turns.ReadAsync(line.Devices.Single(device => device.Groups.Contains(group)), group.Poll, sink, CancellationToken.None);
        sink.Close(Quality.BadReply);
    }

    /// <summary>A line worker on a bus of an RTU slave and an ASCII slave of one unit number and one register each.</summary>
    private sealed class Bench : IAsyncDisposable
    {
        private readonly Dictionary<string, SimulatedDevice> _devices;
        private readonly SimulatedPlant _plant;
        private readonly ServedLedger _ledger = new();
        private readonly ReadingChannel _channel = new(200_000);
        private readonly CancellationTokenSource _stop = new();
        private readonly Lock _lock = new();
        private readonly List<(string Device, Reading Reading)> _rows = [];
        private TwoWireBus _bus = null!; // set by Start
        private Task _running = Task.CompletedTask;

        private Bench()
        {
            _devices = new() { ["rtu"] = SlaveOf("rtu", 1000), ["ascii"] = SlaveOf("ascii", 40_000) };
            Halves = [new SimulatedLine("rtu-half", [_devices["rtu"]], wire: LineWire.Rtu), new SimulatedLine("ascii-half", [_devices["ascii"]], wire: LineWire.Ascii)];
            _plant = new SimulatedPlant(Halves, TimeProvider.System, _ledger);
        }

        public SimulatedLine[] Halves { get; }

        /// <summary>Values that the device never served.</summary>
        public IEnumerable<(string Device, Reading Reading)> Wrong
        {
            get
            {
                lock (_lock)
                    return [.. _rows.Where(row => row.Reading.Value.Kind != SampleKind.None && !_ledger.For(row.Device, "h0").Any(served => served.Exact == row.Reading.Value.Mantissa))];
            }
        }

        public static async Task<Bench> Start()
        {
            var bench = new Bench();
            await bench._plant.StartAsync(CancellationToken.None);
            bench._bus = new TwoWireBus(bench.Halves);
            var line = new Line("line1", bench._bus.Address, Rtu,
                [Described("rtu"), Described("ascii") with { OwnProtocol = Ascii }]);
            var worker = new LineWorker(line, LinkDial.For(line.Connect, TimeProvider.System), protocol => protocol.Create("line1", TimeProvider.System),
                bench._channel, new SlotBook(), new GatewayStatus(), TimeProvider.System, new Random(1), NullLogger.Instance);
            bench._running = Task.WhenAll(worker.RunAsync(bench._stop.Token), bench.CollectAsync());
            return bench;
        }

        public SimulatedDevice Device(string name) => _devices[name];

        public int Good(string device)
        {
            lock (_lock) return _rows.Count(row => row.Device == device && row.Reading.Quality == Quality.Good);
        }

        public async Task Stop()
        {
            await _stop.CancelAsync();
            await _running;
        }

        public async ValueTask DisposeAsync()
        {
            await Stop();
            await _bus.DisposeAsync();
            await _plant.DisposeAsync();
            _stop.Dispose();
        }

        private async Task CollectAsync()
        {
            try
            {
                await foreach (var block in _channel.Reader.ReadAllAsync(_stop.Token))
                {
                    lock (_lock)
                        foreach (var reading in block.Readings) _rows.Add((block.Group.Id[..block.Group.Id.IndexOf('/')], reading));
                    _channel.Return(block);
                }
            }
            catch (OperationCanceledException)
            {
                // The test is over.
            }
        }

        private static Device Described(string name)
        {
            // Nothing in them to refuse.
            var settings = Rtu.ReadDevice(Cells(new() { ["timeout"] = $"{Patience.TotalMilliseconds}ms" }))!;
            var point = Rtu.ReadPoint("h0", Cells(new() { ["area"] = "holding", ["address"] = "0", ["type"] = "uint16" }))!;
            return Plants.Device(name, new SignalGroup(new PollGroup($"{name}/g", settings, TimeSpan.FromMilliseconds(50), [point]),
                [new Signal { Id = SignalId.Of(name, "h0"), Scaling = Scaling.None, Unit = "" }]));
        }

        private static SimulatedDevice SlaveOf(string name, int first) => new(name, 1,
            [
                new SimulatedPoint
                {
                    Name = "h0",
                    Area = PointArea.Holding,
                    Address = 0,
                    Type = PointType.UInt16,
                    Order = EdgeGateway.PlantSimulator.WordOrder.ABCD,
                    Waveform = Waveform.Counter(first, 10),
                },
            ], [new AddressRange(PointArea.Holding, 0, 20)]);
    }
}
