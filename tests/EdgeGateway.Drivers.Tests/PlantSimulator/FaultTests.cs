using System.Net.Sockets;
using EdgeGateway.PlantSimulator;

namespace EdgeGateway.Drivers.Tests.PlantSimulator;

/// <summary>Each fault does on the wire what its name says, and <see cref="Fault.None"/> heals it. The healthy answer is 0x1234.</summary>
public sealed class FaultTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Silent_takes_the_question_and_never_answers()
    {
        await using var bench = await Healthy();
        bench.Device.Fault = Fault.Silent;
        await bench.Master.Ask(1, 3, 0, 1);
        await Eventually.Is(() => bench.Device.Requests == 1, "the question is taken");
        bench.Device.Fault = Fault.None;
        await IsAnswered(bench, 2);
        Assert.Single(bench.Ledger.For("dev", "x"));
    }

    [Fact]
    public async Task SlowReply_answers_rightly_after_the_delay_and_holds_up_what_follows()
    {
        await using var bench = await Healthy();
        var start = bench.Time.GetUtcNow().ToUnixTimeMilliseconds();
        bench.Device.Fault = Fault.SlowReply(Second);
        await bench.Master.Ask(1, 3, 0, 1);
        await Eventually.Is(() => bench.Device.Requests == 1, "the question is taken");
        bench.Device.Fault = Fault.None;
        await bench.Master.Ask(2, 3, 0, 1);
        Assert.Equal(Good(1), await Hex(MovingClock.Advance(bench.Time, Second / 10, bench.Master.ReadFrame())));
        Assert.Equal(Good(2), await Hex(bench.Master.ReadFrame()));
        Assert.All(bench.Ledger.For("dev", "x"), served => Assert.True(served.UtcMs - start >= 1000 && !served.MustBeRefused));
    }

    [Fact]
    public async Task LateReply_answers_in_the_middle_of_later_conversation()
    {
        await using var bench = await Healthy();
        bench.Device.Fault = Fault.LateReply(Second);
        await bench.Master.Ask(1, 3, 0, 1);
        await Eventually.Is(() => bench.Device.Requests == 1, "the question is taken");
        bench.Device.Fault = Fault.None;
        await IsAnswered(bench, 2);
        Assert.Equal(Good(1), await Hex(MovingClock.Advance(bench.Time, Second / 10, bench.Master.ReadFrame())));
        Assert.Equal([false, true], bench.Ledger.For("dev", "x").Select(served => served.MustBeRefused));
    }

    [Fact]
    public async Task Duplicate_answers_twice()
    {
        await using var bench = await Healthy();
        bench.Device.Fault = Fault.Duplicate;
        await IsAnswered(bench, 1);
        bench.Device.Fault = Fault.None;
        Assert.Equal(Good(1), await Hex(bench.Master.ReadFrame()));
        await IsAnswered(bench, 2);
        Assert.Equal(2, bench.Ledger.For("dev", "x").Count);
    }

    [Theory]
    [InlineData("ForeignUnit", "0001000000050203021234")]
    [InlineData("WrongFunction", "0001000000050104021234")]
    [InlineData("WrongByteCount", "0001000000050103011234")]
    [InlineData("StaleTransaction", "0000000000050103021234")]
    [InlineData("WrongLength", "0001000000070103021234")]
    [InlineData("GarbageHeader", "0001DEADFFFF0103021234")]
    public async Task A_spoilt_answer_is_spoilt_in_its_one_place(string kind, string bytes)
    {
        await using var bench = await Healthy();
        bench.Device.Fault = new Fault(Enum.Parse<FaultKind>(kind));
        await bench.Master.Ask(1, 3, 0, 1);
        Assert.Equal(bytes, await Hex(bench.Master.Read(11)));
        Assert.True(Assert.Single(bench.Ledger.For("dev", "x")).MustBeRefused);
        bench.Device.Fault = Fault.None;
        await IsAnswered(bench, 2);
    }

    [Fact]
    public async Task Exception_refuses_with_its_code_and_moves_nothing()
    {
        await using var bench = await Healthy();
        bench.Device.Fault = Fault.Exception(6);
        Assert.Equal("8306", await bench.Master.Pdu(3, 0, 1));
        Assert.Empty(bench.Ledger.For("dev", "x"));
        bench.Device.Fault = Fault.None;
        await IsAnswered(bench, 2);
    }

    [Fact]
    public async Task Split_sends_one_byte_at_a_time()
    {
        await using var bench = await Healthy();
        bench.Device.Fault = Fault.SplitEvery(Second);
        await bench.Master.Ask(1, 3, 0, 1);
        var start = bench.Time.GetUtcNow();
        var first = await bench.Master.Read(1);
        // The next byte waits for the clock, which nobody has moved yet.
        Assert.Equal(0, bench.Master.Available);
        var rest = await MovingClock.Advance(bench.Time, Second / 4, bench.Master.Read(10));
        Assert.Equal(Good(1), Convert.ToHexString([.. first, .. rest]));
        Assert.True(bench.Time.GetUtcNow() - start >= 10 * Second, "each byte after the first waited for its second");
        Assert.False(Assert.Single(bench.Ledger.For("dev", "x")).MustBeRefused);
    }

    [Fact]
    public async Task Split_without_a_pause_loses_nothing()
    {
        await using var bench = await Healthy();
        bench.Device.Fault = Fault.Split;
        for (ushort i = 1; i < 20; i++) await IsAnswered(bench, i);
    }

    [Fact]
    public async Task Glued_sends_the_answer_before_and_the_right_one_in_one_write()
    {
        await using var bench = await Healthy();
        await IsAnswered(bench, 1);
        bench.Device.Fault = Fault.Glued;
        await bench.Master.Ask(2, 3, 0, 1);
        var first = await bench.Master.Read(1);
        Assert.Equal(21, bench.Master.Available);
        Assert.Equal(Good(1) + Good(2), Convert.ToHexString([.. first, .. await bench.Master.Read(21)]));
        Assert.Equal(2, bench.Ledger.For("dev", "x").Count);
    }

    [Fact]
    public async Task Glued_before_any_answer_stands_on_the_transaction_before()
    {
        await using var bench = await Healthy();
        bench.Device.Fault = Fault.Glued;
        await bench.Master.Ask(2, 3, 0, 1);
        Assert.Equal(Good(1) + Good(2), await Hex(bench.Master.Read(22)));
    }

    [Fact]
    public async Task ResetMidFrame_sends_half_and_resets()
    {
        await using var bench = await Healthy();
        bench.Device.Fault = Fault.ResetMidFrame;
        await bench.Master.Ask(1, 3, 0, 1);
        Assert.Equal(Good(1)[..10], await Hex(bench.Master.Read(5)));
        Assert.Equal(SocketError.ConnectionReset, await bench.Master.End());
        bench.Device.Fault = Fault.None;
        using var again = await RawMaster.To(bench.Line.EndPoint);
        Assert.Equal("03021234", await again.Pdu(3, 0, 1));
    }

    [Fact]
    public async Task Frozen_answers_well_but_nothing_moves()
    {
        await using var bench = await Bench.With(Bench.Holding("x", 0, PointType.UInt16, Waveform.Counter(0, 10)));
        var before = await bench.Master.Registers(0, 1);
        bench.Device.Fault = Fault.Frozen;
        Assert.Equal(before, await bench.Master.Registers(0, 1));
        Assert.Equal(before, await bench.Master.Registers(0, 1));
        bench.Device.Fault = Fault.None;
        Assert.NotEqual(before, await bench.Master.Registers(0, 1));
        Assert.Equal(4, bench.Ledger.For("dev", "x").Count);
    }

    [Fact]
    public async Task A_fault_of_one_device_leaves_its_neighbour_alone()
    {
        var plant = new SimulatedPlant([new SimulatedLine("line", [Constant("a", 1), Constant("b", 2)])], TimeProvider.System);
        await using (plant)
        {
            await plant.StartAsync(CancellationToken.None);
            plant.Device("a").Fault = Fault.Silent;
            using var master = await RawMaster.To(plant.Lines[0].EndPoint);
            await master.Ask(1, 3, 0, 1, unit: 1);
            Assert.Equal("03021234", await master.Pdu(3, 0, 1, unit: 2));
        }
    }

    [Fact]
    public async Task RefuseConnections_resets_what_is_open_refuses_what_comes_and_heals_on_the_same_port()
    {
        await using var bench = await Healthy();
        await IsAnswered(bench, 1);
        bench.Line.Fault = LineFault.RefuseConnections;
        Assert.Equal(SocketError.ConnectionReset, await bench.Master.End());
        var refused = await Assert.ThrowsAsync<SocketException>(() => RawMaster.To(bench.Line.EndPoint));
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
        bench.Line.Fault = LineFault.None;
        using var again = await RawMaster.To(bench.Line.EndPoint);
        Assert.Equal("03021234", await again.Pdu(3, 0, 1));
    }

    [Fact]
    public async Task DropConnections_resets_what_is_open_and_what_comes_at_its_first_question()
    {
        await using var bench = await Healthy();
        await IsAnswered(bench, 1);
        bench.Line.Fault = LineFault.DropConnections;
        Assert.Equal(SocketError.ConnectionReset, await bench.Master.End());
        using (var second = await RawMaster.To(bench.Line.EndPoint))
        {
            await second.Ask(1, 3, 0, 1);
            Assert.Equal(SocketError.ConnectionReset, await second.End());
        }
        bench.Line.Fault = LineFault.None;
        using var third = await RawMaster.To(bench.Line.EndPoint);
        Assert.Equal("03021234", await third.Pdu(3, 0, 1));
    }

    private static SimulatedDevice Constant(string name, byte unit) =>
        new(name, unit, [Bench.Holding("x", 0, PointType.UInt16, Waveform.Constant(0x1234))]);

    private static Task<Bench> Healthy() => Bench.Of(Constant("dev", 1));

    private static string Good(ushort transaction) => $"{transaction:X4}000000050103021234";

    private static async Task<string> Hex(Task<byte[]> bytes) => Convert.ToHexString(await bytes);

    private static async Task IsAnswered(Bench bench, ushort transaction)
    {
        await bench.Master.Ask(transaction, 3, 0, 1);
        Assert.Equal(Good(transaction), await Hex(bench.Master.ReadFrame()));
    }
}
