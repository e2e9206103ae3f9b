using EdgeGateway.Drivers.Dlt645;
using EdgeGateway.Drivers.Links;
using EdgeGateway.PlantSimulator;

namespace EdgeGateway.Drivers.Tests.Dlt645;

/// <summary>The search on a real socket, with simulated meters that talk over each other.</summary>
public sealed class MeterScanTests
{
    [Fact]
    public async Task The_only_meter_of_a_line_is_found_by_asking_who_is_there()
    {
        await using var line = await ScannedLine.With("202107072529");
        Assert.Equal(["202107072529"], await line.Scan(maxQuestions: 10));
        Assert.Equal(2, line.Requests);
    }

    [Fact]
    public async Task Meters_that_talk_over_each_other_are_found_one_by_one()
    {
        // Two share their last two digits, two their last four.
        string[] addresses = ["202107072529", "000000000029", "138000130754", "138000990754", "999999999998"];
        await using var line = await ScannedLine.With(addresses);
        Assert.Equal(addresses.Order(StringComparer.Ordinal), (await line.Scan(maxQuestions: 2000)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Two_meters_that_answer_one_after_the_other_are_not_taken_for_one()
    {
        string[] meters = ["000000000000", "000000000001"];
        await using var line = new ScriptedStream();
        line.OnQuestion = question =>
        {
            var (address, control, data) = MeterWire.TakeQuestion([.. question])!.Value; // what the search sends is a question
            string[] meant = [.. meters.Where(meter => MeterWire.IsMeant(address, meter))];
            for (var i = 0; i < meant.Length; i++)
            {
                var own = MeterWire.AddressBytes(meant[i]);
                _ = Send(MeterWire.Encode(own, (byte)(control | 0x80), control == 0x13 ? own : [.. data, 1, 0, 0, 0], 2), TimeSpan.FromMilliseconds(120 * i));
            }
        };

        // Who is there, everybody, then the last two digits and the whole address of each.
        var found = new List<string>();
        await foreach (var device in new MeterScan(TimeProvider.System).ScanAsync(line, new ScanBounds(null, null, TimeSpan.FromMilliseconds(400), 6), CancellationToken.None))
            found.Add(device.Address);

        Assert.Equal(meters, found);

        async Task Send(byte[] reply, TimeSpan delay)
        {
            if (delay > TimeSpan.Zero) await Task.Delay(delay, TimeProvider.System);
            line.Send(reply);
        }
    }

    [Theory]
    [InlineData("serial:///dev/ttyS9?baud=2400&format=8E1", 700, 900)]
    [InlineData("serial:///dev/ttyS9?baud=1200&format=8E1", 900, 1100)]
    [InlineData("serial:///dev/ttyS9?baud=115200&format=8E1", 500, 700)]
    [InlineData(null, 700, 900)]
    public void A_meter_is_given_the_time_to_think_and_to_send_at_the_speed_of_its_port(string? connect, int atLeastMs, int atMostMs)
    {
        var port = connect is null ? null : SerialAddress.Parse(new Uri(connect), out _);
        Assert.InRange(new Dlt645Type().ScanPatience(port).TotalMilliseconds, atLeastMs, atMostMs);
    }

    [Fact]
    public void A_modbus_device_is_given_300_ms() => Assert.Equal(TimeSpan.FromMilliseconds(300), DriverCatalog.Find("modbus-rtu")!.ScanPatience(SerialAddress.Parse(new Uri("serial:///dev/ttyS9?baud=2400"), out _)));

    [Fact]
    public async Task A_range_of_addresses_is_asked_in_order()
    {
        await using var line = await ScannedLine.With("000000000003", "000000000001", "000000000009");
        Assert.Equal(["000000000001", "000000000003"], await line.Scan(maxQuestions: 100, "000000000001", "000000000005"));
    }

    [Fact]
    public async Task A_search_ends_after_as_many_questions_as_allowed()
    {
        await using var line = await ScannedLine.With("000000000003");
        Assert.Empty(await line.Scan(maxQuestions: 4, "000000000001", "000000000005"));
        Assert.Equal(0, line.Requests);
    }

    [Fact]
    public async Task An_empty_line_is_told_from_one_with_meters_after_three_questions()
    {
        await using var line = await ScannedLine.With();
        Assert.Empty(await line.Scan(maxQuestions: 1000));
    }

    [Fact]
    public async Task A_meter_that_refuses_is_there_too()
    {
        await using var line = await ScannedLine.With("000000000003");
        line.Meters[0].Fault = Fault.Exception(0x04);
        Assert.Equal(["000000000003"], await line.Scan(maxQuestions: 10));
    }

    [Fact]
    public async Task A_meter_on_a_noisy_line_is_found_in_its_range()
    {
        await using var line = await ScannedLine.With("000000000003");
        line.Meters[0].Fault = Fault.NoiseBefore(Noise.Zeros);
        Assert.Equal(["000000000003"], await line.Scan(maxQuestions: 100, "000000000001", "000000000005"));
    }

    [Theory]
    [InlineData("1", "2")]
    [InlineData("000000000002", "000000000001")]
    [InlineData("000000000001", null)]
    [InlineData("AAAAAAAAAA01", "000000000002")]
    public void Bounds_that_cannot_be_meant_are_refused(string first, string? last) =>
        Assert.NotNull(new MeterScan(TimeProvider.System).Refuse(new ScanBounds(first, last, TimeSpan.FromMilliseconds(100), 10)));

    private sealed class ScannedLine : IAsyncDisposable
    {
        private readonly SimulatedPlant _plant;
        private Stream? _link;

        private ScannedLine(string[] addresses)
        {
            Meters = [.. addresses.Select((address, i) => new SimulatedMeter($"m{i}", address,
                [new MeterItem { Names = ["energy"], Identifier = "00010000", Format = "XXXXXX.XX", Waveform = Waveform.Counter(100, 1) }]))];
            _plant = new SimulatedPlant([SimulatedLine.OfMeters("line", Meters)], TimeProvider.System);
        }

        public SimulatedMeter[] Meters { get; }

        public long Requests => Meters.Sum(meter => meter.Requests);

        public static async Task<ScannedLine> With(params string[] addresses)
        {
            var line = new ScannedLine(addresses);
            await line._plant.StartAsync(CancellationToken.None);
            return line;
        }

        public async Task<List<string>> Scan(int maxQuestions, string? first = null, string? last = null)
        {
            _link = await LinkDial.For(new Uri(_plant.Lines[0].Address), TimeProvider.System).DialAsync(CancellationToken.None);
            var found = new List<string>();
            var scan = new Dlt645Type().CreateScan(TimeProvider.System);
            await foreach (var device in scan.ScanAsync(_link, new ScanBounds(first, last, TimeSpan.FromMilliseconds(40), maxQuestions), CancellationToken.None))
            {
                Assert.Contains("DL/T 645-2007", device.Answer, StringComparison.Ordinal);
                found.Add(device.Address);
            }
            return found;
        }

        public async ValueTask DisposeAsync()
        {
            if (_link is not null) await _link.DisposeAsync();
            await _plant.DisposeAsync();
        }
    }
}
