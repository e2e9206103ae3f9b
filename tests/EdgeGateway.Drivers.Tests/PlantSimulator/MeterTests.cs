using EdgeGateway.PlantSimulator;
using Microsoft.Extensions.Time.Testing;

namespace EdgeGateway.Drivers.Tests.PlantSimulator;

/// <summary>What simulated meters say, and what their ledger keeps of it.</summary>
public sealed class MeterTests
{
    private const string Address = "202107072529";
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 11, 5, 38, TimeSpan.Zero);

    private readonly ServedLedger _ledger = new();

    [Fact]
    public void Energy_starts_again_at_zero_when_its_digits_are_full()
    {
        var meter = Prepared(Item("e", "00010000", "XXXXXX.XX", Waveform.Counter(999_999.99m, 0.01m)));
        Assert.Equal("99999999", Ask(meter, "00010000"));
        Assert.Equal("00000000", Ask(meter, "00010000"));
        Assert.Equal([999_999.99m, 0m], _ledger.For("m", "e").Select(served => served.Exact));
    }

    [Fact]
    public void Negative_values_carry_their_sign_in_the_highest_bit()
    {
        var meter = Prepared(Item("p", "02030000", "XX.XXXX", Waveform.Constant(-0.1234m)) with { IsSigned = true });
        Assert.Equal("801234", Ask(meter, "02030000"));
        Assert.Equal(-0.1234m, _ledger.For("m", "p").Single().Exact);
    }

    [Fact]
    public void A_block_is_its_members_in_their_order()
    {
        var meter = Prepared(
            Item("ub", "02010200", "XXX.X", Waveform.Constant(230.2m)) with { Block = "0201FF00", Member = 2 },
            Item("ua", "02010100", "XXX.X", Waveform.Constant(230.1m)) with { Block = "0201FF00", Member = 1 });
        Assert.Equal("23022301", Ask(meter, "0201FF00"));
    }

    [Fact]
    public void A_meter_has_its_number_and_its_clock()
    {
        var meter = Prepared();
        Assert.Equal(Address, Ask(meter, "04000402"));
        Assert.Equal("26112301", Ask(meter, "04000101"));
        Assert.Equal("110538", Ask(meter, "04000102"));
    }

    [Fact]
    public void What_a_meter_does_not_have_is_refused() => Assert.Equal("D1:02", Ask(Prepared(), "02010100"));

    [Fact]
    public void Whatever_is_no_reading_is_counted_and_refused()
    {
        var meter = Prepared();
        meter.Count(0x14);
        meter.Count(0x11);
        Assert.Equal((1, 2), (meter.WriteRequests, meter.Requests));
        Assert.Equal((byte)0xD4, meter.Answer(0x14, new byte[12], 0, Fault.None)!.Value.Control);
    }

    [Fact]
    public void A_long_item_comes_in_numbered_frames()
    {
        var items = Enumerable.Range(1, 3).Select(i => Item($"u{i}", $"02010{i}00", "XXX.X", Waveform.Constant(i)) with { Block = "0201FF00", Member = i }).ToArray();
        var meter = new SimulatedMeter("m", Address, items) { FrameData = 2 };
        meter.Prepare(1, _ledger);
        Assert.Equal("B1:0010", Ask(meter, "0201FF00"));
        Assert.Equal("B2:010020", Ask(meter, "0201FF00", sequence: 1));
        Assert.Equal("020030", Ask(meter, "0201FF00", sequence: 2));
        Assert.Equal("D2:02", Ask(meter, "0201FF00", sequence: 3));
    }

    [Fact]
    public async Task Two_meters_that_are_meant_at_once_send_no_frame()
    {
        SimulatedMeter[] meters = [new("m", "000000000012", []), new("n", "000000000021", [])];
        await using var plant = new SimulatedPlant([SimulatedLine.OfMeters("line", meters)], new FakeTimeProvider(Now));
        await plant.StartAsync(CancellationToken.None);
        using var master = await RawMaster.To(plant.Lines[0].EndPoint);
        await master.Send(MeterWire.Encode(Convert.FromHexString("AAAAAAAAAAAA"), 0x13, []));
        var heard = await master.Read(4 + 18);

        Assert.Equal(1, meters[0].Requests);
        Assert.Null(MeterWire.TakeQuestion([.. heard]));
    }

    private SimulatedMeter Prepared(params MeterItem[] items)
    {
        var meter = new SimulatedMeter("m", Address, items);
        meter.Prepare(1, _ledger);
        return meter;
    }

    private static MeterItem Item(string name, string identifier, string format, Waveform waveform) =>
        new() { Names = [name], Identifier = identifier, Format = format, Waveform = waveform };

    /// <summary>The data as people write it, highest byte first; control code and data where it is not plain data.</summary>
    private static string Ask(SimulatedMeter meter, string identifier, byte? sequence = null)
    {
        byte[] question = [.. Convert.FromHexString(identifier).Reverse(), .. sequence is { } number ? new[] { number } : []];
        var (control, data) = meter.Answer((byte)(sequence is null ? 0x11 : 0x12), question, Now.ToUnixTimeMilliseconds(), Fault.None)!.Value;
        var carried = Convert.ToHexString([.. ((control & 0x40) != 0 ? data : data[4..]).Reverse()]);
        return control is 0x91 or 0x92 ? carried : $"{control:X2}:{carried}";
    }
}
