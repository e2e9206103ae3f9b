using System.Net.Sockets;
using EdgeGateway.PlantSimulator;

namespace EdgeGateway.Drivers.Tests.PlantSimulator;

public sealed class AnswerTests
{
    private static readonly Waveform Noise = Waveform.Wander(12, 3, 0, 60);

    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(22)]
    [InlineData(23)]
    public async Task A_write_is_refused_and_counted(byte function)
    {
        await using var bench = await Bench.With(Bench.Holding("x", 0, PointType.UInt16, Noise));
        Assert.Equal($"{function | 0x80:X2}01", await bench.Master.Pdu(function, 0, 1));
        Assert.Equal(1, bench.Device.WriteRequests);
        Assert.Equal(1, bench.Plant.WriteRequests);
        Assert.Empty(bench.Ledger.For("dev", "x"));
    }

    [Fact]
    public async Task A_function_nobody_knows_is_refused_but_is_no_write()
    {
        await using var bench = await Bench.With(Bench.Holding("x", 0, PointType.UInt16, Noise));
        Assert.Equal("AB01", await bench.Master.Pdu(43, 0, 1));
        await bench.Master.Pdu(3, 0, 1);
        Assert.Equal(0, bench.Plant.WriteRequests);
        Assert.Equal(2, bench.Device.Requests);
    }

    [Fact]
    public async Task A_write_to_a_unit_nobody_has_is_counted_too()
    {
        await using var bench = await Bench.With(Bench.Holding("x", 0, PointType.UInt16, Noise));
        Assert.Equal("860B", await bench.Master.Pdu(6, 0, 1, unit: 9));
        Assert.Equal("830B", await bench.Master.Pdu(3, 0, 1, unit: 9));
        Assert.Equal(1, bench.Plant.WriteRequests);
    }

    [Theory]
    [InlineData(3, 99, 1)]
    [InlineData(3, 99, 2)]
    [InlineData(3, 102, 1)]
    [InlineData(3, 101, 2)]
    [InlineData(3, 65535, 2)]
    [InlineData(4, 100, 1)]
    [InlineData(1, 100, 1)]
    public async Task An_address_the_device_does_not_have_is_refused(byte function, ushort address, ushort count)
    {
        await using var bench = await Bench.With(Bench.Holding("x", 100, PointType.UInt32, Noise));
        Assert.Equal($"{function | 0x80:X2}02", await bench.Master.Pdu(function, address, count));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 2001)]
    [InlineData(2, 2001)]
    [InlineData(3, 0)]
    [InlineData(3, 126)]
    [InlineData(4, 126)]
    public async Task A_count_beyond_the_standard_is_refused(byte function, ushort count)
    {
        await using var bench = await Bench.With(Bench.Holding("x", 100, PointType.UInt32, Noise));
        Assert.Equal($"{function | 0x80:X2}03", await bench.Master.Pdu(function, 100, count));
    }

    [Fact]
    public async Task The_largest_reads_of_the_standard_are_answered()
    {
        var device = new SimulatedDevice("dev", 1, [], [new(PointArea.Holding, 0, 125), new(PointArea.Coil, 0, 2000)]);
        await using var bench = await Bench.Of(device);
        Assert.Equal(250, (await bench.Master.Registers(0, 125)).Length);
        Assert.Equal("01FA" + new string('0', 500), await bench.Master.Pdu(1, 0, 2000));
    }

    [Fact]
    public async Task A_hole_between_readable_ranges_is_refused_and_a_gap_without_points_is_not()
    {
        SimulatedPoint[] points = [Bench.Holding("a", 0, PointType.UInt16, Waveform.Constant(1)), Bench.Holding("b", 9, PointType.UInt16, Waveform.Constant(2))];
        await using var whole = await Bench.With(points);
        Assert.Equal("0001" + new string('0', 32) + "0002", Convert.ToHexString(await whole.Master.Registers(0, 10)));
        await using var holed = await Bench.Of(new SimulatedDevice("dev", 1, points, [new(PointArea.Holding, 0, 4), new(PointArea.Holding, 8, 2)]));
        Assert.Equal("8302", await holed.Master.Pdu(3, 0, 10));
        Assert.Equal("8302", await holed.Master.Pdu(3, 3, 2));
        Assert.Equal("030400000002", await holed.Master.Pdu(3, 8, 2));
    }

    [Fact]
    public async Task A_question_of_the_wrong_length_is_refused()
    {
        await using var bench = await Bench.With(Bench.Holding("x", 0, PointType.UInt16, Noise));
        await bench.Master.Send(0, 1, 0, 0, 0, 7, 1, 3, 0, 0, 0, 1, 99);
        Assert.Equal("0001000000030183" + "03", Convert.ToHexString(await bench.Master.ReadFrame()));
    }

    [Fact]
    public async Task A_question_in_pieces_and_two_in_one_write_are_all_answered()
    {
        await using var bench = await Bench.With(Bench.Holding("x", 0, PointType.UInt16, Waveform.Constant(5)));
        var (first, second) = (RawMaster.Question(1, 1, 3, 0, 1), RawMaster.Question(2, 1, 3, 0, 1));
        foreach (var piece in first) await bench.Master.Send(piece);
        Assert.Equal("00010000000501030200" + "05", Convert.ToHexString(await bench.Master.ReadFrame()));
        await bench.Master.Send([.. first, .. second, .. first[..5]]);
        Assert.Equal("00010000000501030200" + "05", Convert.ToHexString(await bench.Master.ReadFrame()));
        Assert.Equal("00020000000501030200" + "05", Convert.ToHexString(await bench.Master.ReadFrame()));
        await bench.Master.Send(first[5..]);
        Assert.Equal("00010000000501030200" + "05", Convert.ToHexString(await bench.Master.ReadFrame()));
    }

    [Fact]
    public async Task A_stream_that_is_not_modbus_is_closed()
    {
        await using var bench = await Bench.With(Bench.Holding("x", 0, PointType.UInt16, Noise));
        await bench.Master.Send("GET / HTTP/1.1\r\n\r\n"u8.ToArray());
        Assert.Equal(SocketError.ConnectionReset, await bench.Master.End());
    }

    [Theory]
    [InlineData("Int16", "0.1")]
    [InlineData("UInt16", "1")]
    [InlineData("UInt32", "0.001")]
    [InlineData("Int64", "1")]
    [InlineData("Bcd16", "1")]
    [InlineData("Float32", "1")]
    [InlineData("Float64", "1")]
    public async Task Every_answer_differs_from_the_last(string type, string scale)
    {
        Waveform[] waves = [Noise, Waveform.Counter(120_000, 0.0001m), Waveform.Ramp(0, 20, 1)];
        foreach (var wave in waves)
        {
            var point = Bench.Holding("x", 0, Enum.Parse<PointType>(type), wave) with { Scale = decimal.Parse(scale, System.Globalization.CultureInfo.InvariantCulture) };
            await using var bench = await Bench.With(point);
            for (var i = 0; i < 300; i++) await bench.Master.Registers(0, (ushort)point.Width);
            var raws = bench.Ledger.For("dev", "x").Select(served => served.Raw).ToArray();
            Assert.Equal(300, raws.Length);
            Assert.All(raws.Zip(raws.Skip(1)), pair => Assert.NotEqual(pair.First, pair.Second));
        }
    }

    [Fact]
    public async Task A_wander_stays_around_its_set_point_and_within_its_limits()
    {
        await using var bench = await Bench.With(Bench.Holding("x", 0, PointType.Float64, Waveform.Wander(12, 3, 8, 60)));
        for (var i = 0; i < 2000; i++) await bench.Master.Registers(0, 4);
        var values = bench.Ledger.For("dev", "x").Select(served => served.Binary).ToArray();
        Assert.InRange(values.Average(), 11, 14);
        // The step away from a repeated limit is the smallest a float can make.
        Assert.InRange(values.Min(), 8, 9);
        Assert.InRange(values.Max(), 15, 30);
    }

    [Fact]
    public async Task A_counter_rises_and_starts_again_when_the_register_is_full()
    {
        await using var bench = await Bench.With(Bench.Holding("x", 0, PointType.UInt16, Waveform.Counter(65_000, 100)));
        for (var i = 0; i < 20; i++) await bench.Master.Registers(0, 1);
        var values = bench.Ledger.For("dev", "x").Select(served => served.Exact).ToArray();
        Assert.Equal(65_000, values[0]);
        Assert.Equal(1, values.Zip(values.Skip(1)).Count(pair => pair.Second < pair.First));
    }

    [Fact]
    public async Task The_same_seed_brings_the_same_values_and_another_one_others()
    {
        var first = await Values(1);
        Assert.Equal(first, await Values(1));
        Assert.NotEqual(first, await Values(2));

        static async Task<string> Values(ulong seed)
        {
            var device = new SimulatedDevice("dev", 1, [Bench.Holding("x", 0, PointType.Float32, Noise), Bench.Holding("y", 2, PointType.Int16, Noise)]);
            await using var bench = await Bench.Of(device, seed);
            var bytes = new List<byte>();
            for (var i = 0; i < 10; i++) bytes.AddRange(await bench.Master.Registers(0, 3));
            return Convert.ToHexString([.. bytes]);
        }
    }

    [Fact]
    public async Task Only_points_wholly_inside_the_asked_addresses_move()
    {
        await using var bench = await Bench.With(
            Bench.Holding("a", 0, PointType.UInt16, Noise), Bench.Holding("b", 1, PointType.UInt32, Noise), Bench.Holding("c", 3, PointType.UInt16, Noise));
        await bench.Master.Registers(0, 2);
        await bench.Master.Registers(1, 3);
        await bench.Master.Registers(3, 1);
        Assert.Single(bench.Ledger.For("dev", "a"));
        Assert.Single(bench.Ledger.For("dev", "b"));
        Assert.Equal(2, bench.Ledger.For("dev", "c").Count);
    }

    [Fact]
    public async Task Many_masters_at_once_are_all_answered_and_taken_down()
    {
        await using var bench = await Bench.With(Bench.Holding("x", 0, PointType.UInt32, Waveform.Counter(0, 1)));
        var seen = await Task.WhenAll(Enumerable.Range(0, 50).Select(async _ =>
        {
            using var master = await RawMaster.To(bench.Line.EndPoint);
            var values = new List<string>();
            for (ushort i = 0; i < 40; i++) values.Add(Convert.ToHexString(await master.Registers(0, 2, transaction: i)));
            return values;
        }));
        var served = bench.Ledger.For("dev", "x").Select(value => uint.Parse(value.Raw, System.Globalization.CultureInfo.InvariantCulture).ToString("X8")).ToArray();
        Assert.Equal(2000, served.Distinct().Count());
        Assert.Equal(served.Order(), seen.SelectMany(values => values).Order());
        await Eventually.Is(() => bench.Line.Connections == 1, "masters that left are forgotten");
    }

    [Fact]
    public async Task A_port_that_is_taken_is_not_shared_unnoticed()
    {
        await using var first = new SimulatedPlant([new SimulatedLine("first", [])], TimeProvider.System);
        await first.StartAsync(CancellationToken.None);
        var taken = first.Lines[0].EndPoint.Port;
        await using var second = new SimulatedPlant([new SimulatedLine("second", [], port: taken)], TimeProvider.System);
        var refused = await Assert.ThrowsAsync<SocketException>(() => second.StartAsync(CancellationToken.None));
        Assert.Equal(SocketError.AddressAlreadyInUse, refused.SocketErrorCode);
    }

    [Fact]
    public async Task A_port_that_was_asked_for_is_used_and_comes_back_after_a_refusal()
    {
        // An address of its own: no other test can take the port while nobody holds it.
        const string Host = "127.0.0.2";
        var finder = new SimulatedPlant([new SimulatedLine("finder", [], Host)], TimeProvider.System);
        await finder.StartAsync(CancellationToken.None);
        var port = finder.Lines[0].EndPoint.Port;
        await finder.DisposeAsync();
        var device = new SimulatedDevice("dev", 1, [Bench.Holding("x", 0, PointType.UInt16, Waveform.Constant(5))]);
        await using var plant = new SimulatedPlant([new SimulatedLine("line", [device], Host, port)], TimeProvider.System);
        await plant.StartAsync(CancellationToken.None);
        plant.Lines[0].Fault = LineFault.RefuseConnections;
        plant.Lines[0].Fault = LineFault.None;
        Assert.Equal(port, plant.Lines[0].EndPoint.Port);
        using var master = await RawMaster.To(plant.Lines[0].EndPoint);
        Assert.Equal("03020005", await master.Pdu(3, 0, 1));
    }

    [Fact]
    public void The_simulator_does_not_know_the_drivers() => Assert.DoesNotContain(
        typeof(SimulatedPlant).Assembly.GetReferencedAssemblies(), reference => reference.Name!.StartsWith("EdgeGateway", StringComparison.Ordinal));

    [Fact]
    public void A_plan_that_cannot_be_simulated_is_refused_with_the_points_name()
    {
        Refused("overlap at Holding 1", Bench.Holding("a", 0, PointType.UInt32, Noise), Bench.Holding("b", 1, PointType.UInt16, Noise));
        Refused("used twice", Bench.Holding("a", 0, PointType.UInt32, Noise), Bench.Holding("a", 2, PointType.UInt16, Noise));
        Refused("65535", Bench.Holding("a", 65_535, PointType.UInt32, Noise));
        Refused("expected a Bool", Bench.Holding("a", 0, PointType.UInt16, Noise) with { Area = PointArea.Coil });
        Refused("expected a String", Bench.Holding("a", 0, PointType.UInt16, Waveform.Text("x")));
        Refused("scale 0", Bench.Holding("a", 0, PointType.UInt16, Noise) with { Scale = 0 });

        static void Refused(string why, params SimulatedPoint[] points) =>
            Assert.Contains(why, Assert.Throws<ArgumentException>(() => new SimulatedDevice("dev", 1, points)).Message, StringComparison.Ordinal);
    }
}
