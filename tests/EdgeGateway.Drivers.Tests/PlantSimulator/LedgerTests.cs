using System.Buffers.Binary;
using System.Globalization;
using EdgeGateway.PlantSimulator;

namespace EdgeGateway.Drivers.Tests.PlantSimulator;

public sealed class LedgerTests
{
    private static readonly Waveform Noise = Waveform.Wander(12, 3, 0, 60);

    private static readonly SimulatedPoint Scaled = Bench.Holding("scaled", 0, PointType.Int16, Noise) with { Scale = 0.01m, Offset = 0.5m };
    private static readonly SimulatedPoint Single = Bench.Holding("single", 1, PointType.Float32, Noise, WordOrder.CDAB);
    private static readonly SimulatedPoint ScaledSingle = Bench.Holding("scaledSingle", 3, PointType.Float32, Noise) with { Scale = 0.1m };
    private static readonly SimulatedPoint Double = Bench.Holding("double", 5, PointType.Float64, Noise);
    private static readonly SimulatedPoint Text = Bench.Holding("text", 9, PointType.String, Waveform.Text("RUN", "C\"L")) with { Length = 4 };

    [Fact]
    public async Task The_ledger_holds_exactly_what_went_over_the_wire()
    {
        await using var bench = await Bench.With(Scaled, Single, ScaledSingle, Double, Text);
        var check = new LedgerCheck(bench.Ledger, TimeSpan.Zero);
        for (var i = 0; i < 50; i++)
        {
            bench.Time.Advance(TimeSpan.FromSeconds(1));
            var bytes = await bench.Master.Registers(0, 11);
            foreach (var (point, token) in Tokens(bytes)) Assert.Null(check.Take("dev", point, Now(bench), token, 0));
        }
        Assert.Equal(250, check.Matched);
        Assert.Equal(250, bench.Ledger.Count);
        Assert.Empty(check.Mismatches);
    }

    [Fact]
    public async Task An_integer_keeps_the_digits_of_its_scale()
    {
        var point = Bench.Holding("x", 0, PointType.Int16, Waveform.Constant(12.3m)) with { Scale = 0.01m };
        await using var bench = await Bench.With(point);
        await bench.Master.Registers(0, 1);
        var served = Assert.Single(bench.Ledger.For("dev", "x"));
        Assert.Equal(("1230", "12.30", ServedKind.Exact), (served.Raw, served.Expected, served.Kind));
        Assert.Equal(Now(bench), served.UtcMs);
    }

    [Fact]
    public async Task A_tampered_value_is_found_and_the_nearest_served_one_named()
    {
        await using var bench = await Bench.With(Scaled, Single, Double);
        var bytes = await bench.Master.Registers(0, 9);
        var check = new LedgerCheck(bench.Ledger);
        var scaled = bench.Ledger.For("dev", "scaled")[0];
        var mismatch = check.Take("dev", "scaled", Now(bench), (scaled.Exact + 0.01m).ToString(CultureInfo.InvariantCulture), 0);
        Assert.Contains($"never served; nearest in time is {scaled.Expected} (raw {scaled.Raw})", mismatch!.Value.Why, StringComparison.Ordinal);
        var single = BinaryPrimitives.ReadSingleBigEndian([bytes[4], bytes[5], bytes[2], bytes[3]]);
        Assert.NotNull(check.Take("dev", "single", Now(bench), Round(MathF.BitIncrement(single)), 0));
        Assert.Null(check.Take("dev", "single", Now(bench), Round(single), 0));
        var real = bench.Ledger.For("dev", "double")[0].Binary;
        Assert.NotNull(check.Take("dev", "double", Now(bench), Math.BitDecrement(real).ToString("R", CultureInfo.InvariantCulture), 10));
        Assert.Null(check.Take("dev", "double", Now(bench), real.ToString("R", CultureInfo.InvariantCulture), 10));
        Assert.Equal((3, 2), (check.Mismatched, check.Matched));
        Assert.Equal(3, check.Mismatches.Count);
    }

    [Theory]
    [InlineData(2000, true)]
    [InlineData(2001, false)]
    [InlineData(-2000, true)]
    [InlineData(-2001, false)]
    public async Task A_value_counts_only_within_the_tolerance_of_its_time(int shiftMs, bool isRight)
    {
        await using var bench = await Bench.With(Double);
        await bench.Master.Registers(5, 4);
        var mismatch = new LedgerCheck(bench.Ledger).Take("dev", "double", Now(bench) + shiftMs, bench.Ledger.For("dev", "double")[0].Expected, 0);
        Assert.Equal(isRight, mismatch is null);
        if (!isRight) Assert.Contains("2001 ms " + (shiftMs > 0 ? "before" : "after"), mismatch!.Value.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_value_delivered_twice_is_found()
    {
        await using var bench = await Bench.With(Double);
        await bench.Master.Registers(5, 4);
        var token = bench.Ledger.For("dev", "double")[0].Expected;
        var check = new LedgerCheck(bench.Ledger);
        Assert.Null(check.Take("dev", "double", Now(bench), token, 0));
        Assert.Contains("already delivered", check.Take("dev", "double", Now(bench), token, 0)!.Value.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_value_served_twice_may_be_delivered_twice_and_not_three_times()
    {
        await using var bench = await Bench.With(Bench.Holding("x", 0, PointType.UInt16, Waveform.Constant(7)));
        await bench.Master.Registers(0, 1);
        await bench.Master.Registers(0, 1);
        var check = new LedgerCheck(bench.Ledger);
        Assert.Null(check.Take("dev", "x", Now(bench), "7", 0));
        Assert.Null(check.Take("dev", "x", Now(bench), "7", 0));
        Assert.NotNull(check.Take("dev", "x", Now(bench), "7", 0));
    }

    [Fact]
    public async Task A_steady_value_whose_time_lies_nearer_to_the_next_serving_does_not_shift_those_after_it()
    {
        await using var bench = await Bench.With(Bench.Holding("x", 0, PointType.Int16, Waveform.Constant(5)));
        var times = new List<long>();
        foreach (var pause in new[] { 1000, 20, 1000, 1000, 1000 })
        {
            bench.Time.Advance(TimeSpan.FromMilliseconds(pause));
            await bench.Master.Registers(0, 1);
            times.Add(Now(bench));
        }
        var check = new LedgerCheck(bench.Ledger);

        Assert.Null(check.Take("dev", "x", times[0] + 15, "5", 0)); // as seen by a busy gateway
        foreach (var time in times.Skip(1)) Assert.Null(check.Take("dev", "x", time, "5", 0));

        Assert.Empty(check.Unclaimed("dev", "x"));
        Assert.NotNull(check.Take("dev", "x", times[^1], "5", 0)); // one more than was served
    }

    [Fact]
    public async Task Two_values_in_the_wrong_order_are_found()
    {
        await using var bench = await Bench.With(Double);
        await bench.Master.Registers(5, 4);
        await bench.Master.Registers(5, 4);
        var served = bench.Ledger.For("dev", "double");
        var check = new LedgerCheck(bench.Ledger);
        Assert.Null(check.Take("dev", "double", Now(bench), served[1].Expected, 0));
        Assert.Contains("out of order", check.Take("dev", "double", Now(bench), served[0].Expected, 0)!.Value.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_value_out_of_an_answer_that_must_be_refused_is_found()
    {
        await using var bench = await Bench.With(Double);
        bench.Device.Fault = Fault.StaleTransaction;
        await bench.Master.Ask(4, 3, 5, 4);
        await bench.Master.ReadFrame();
        var mismatch = new LedgerCheck(bench.Ledger).Take("dev", "double", Now(bench), bench.Ledger.For("dev", "double")[0].Expected, 0);
        Assert.Contains("must be refused (StaleTransaction)", mismatch!.Value.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Quality_and_value_must_agree()
    {
        await using var bench = await Bench.With(Double);
        await bench.Master.Registers(5, 4);
        var check = new LedgerCheck(bench.Ledger);
        Assert.Null(check.Take("dev", "double", Now(bench), "null", 2));
        Assert.Equal(1, check.WithoutValue);
        Assert.NotNull(check.Take("dev", "double", Now(bench), "null", 0));
        Assert.NotNull(check.Take("dev", "double", Now(bench), bench.Ledger.For("dev", "double")[0].Expected, 2));
        Assert.Contains("no such point", check.Take("dev", "other", Now(bench), "1", 0)!.Value.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Not_a_number_is_right_only_where_none_was_served()
    {
        var point = Bench.Holding("x", 0, PointType.UInt16, Waveform.Constant(3)) with { Invalid = ["0xFFFF"] };
        await using var bench = await Bench.With(point);
        var check = new LedgerCheck(bench.Ledger);
        var bytes = "";
        for (var i = 0; i < 7; i++)
        {
            Assert.NotNull(check.Take("dev", "x", Now(bench), "null", 9));
            bench.Time.Advance(TimeSpan.FromSeconds(10));
            bytes = Convert.ToHexString(await bench.Master.Registers(0, 1));
        }
        Assert.Equal("FFFF", bytes);
        Assert.Contains("never served", check.Take("dev", "x", Now(bench), "65535", 0)!.Value.Why, StringComparison.Ordinal);
        Assert.Null(check.Take("dev", "x", Now(bench), "null", 9));
        Assert.NotNull(check.Take("dev", "other", Now(bench), "null", 9));
    }

    [Fact]
    public async Task A_state_is_the_word_that_its_rules_make_of_the_code_and_none_for_a_code_they_do_not_name()
    {
        var word = Bench.Holding("word", 0, PointType.UInt16, Waveform.Code(1, 4, 5, 2, 0x80));
        await using var bench = await Bench.With(word, word with { Name = "state", States = StateWord.Parse("bit0=D|0x80=n 4=c"), Waveform = word.Waveform });
        for (var i = 0; i < 4; i++) await bench.Master.Registers(0, 1);
        Assert.Equal(["4", "5", "2", "128"], bench.Ledger.For("dev", "word").Select(served => served.Raw));
        Assert.Equal(["C", "D", "no value", "N"], bench.Ledger.For("dev", "state").Select(served => served.Expected));
    }

    // Worked out by hand: 0.5 exactly, a third to the nearest binary64, the ends, and beyond them.
    [Theory]
    [InlineData(5530, 0), InlineData(27648, 750), InlineData(16589, 375), InlineData(0, -187.51695451668326)]
    public void A_span_is_the_nearest_binary64_to_its_quotient(int raw, double value) =>
        Assert.Equal(value, new PointSpan(5530, 27648, 0, 750).At(raw, 0));

    [Fact]
    public void A_span_of_thirds_is_a_third() => Assert.Equal(1.0 / 3, new PointSpan(0, 3, 0, 1).At(10, 1));

    [Fact]
    public async Task Text_is_compared_as_a_json_string()
    {
        await using var bench = await Bench.With(Text);
        await bench.Master.Registers(9, 2);
        await bench.Master.Registers(9, 2);
        var check = new LedgerCheck(bench.Ledger);
        Assert.NotNull(check.Take("dev", "text", Now(bench), "RUN", 0));
        Assert.NotNull(check.Take("dev", "text", Now(bench), "\"run\"", 0));
        Assert.Null(check.Take("dev", "text", Now(bench), "\"RUN\"", 0));
        Assert.Null(check.Take("dev", "text", Now(bench), "\"C\\u0022L\"", 0));
    }

    [Fact]
    public async Task A_full_ledger_forgets_the_oldest_and_counts_them()
    {
        var ledger = new ServedLedger(maxEntries: 1000);
        var device = new SimulatedDevice("dev", 1, [Bench.Holding("x", 0, PointType.UInt32, Waveform.Counter(0, 1)), Bench.Holding("rare", 2, PointType.UInt16, Noise)]);
        await using var bench = await Bench.Of(device, ledger: ledger);
        await bench.Master.Registers(2, 1);
        for (var i = 0; i < 3000; i++) await bench.Master.Registers(0, 2);
        Assert.Empty(ledger.For("dev", "rare"));
        Assert.Equal(3001, ledger.Count + ledger.Dropped);
        Assert.InRange(ledger.Count, 1000 - ServedTrack.BlockSize, 1000);
        var kept = ledger.For("dev", "x");
        Assert.Equal(ledger.Count, kept.Count);
        await bench.Master.Registers(0, 3);
        Assert.Single(ledger.For("dev", "rare"));
        var check = new LedgerCheck(ledger);
        Assert.Null(check.Take("dev", "x", Now(bench), kept[^1].Expected, 0));
        Assert.Contains("dropped", check.Take("dev", "x", Now(bench), "0.5", 0)!.Value.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_names_of_one_place_are_both_taken_down_each_with_its_scale()
    {
        await using var bench = await Bench.With(Bench.Holding("x", 0, PointType.Int16, Noise), Bench.Holding("tenth", 0, PointType.Int16, Noise) with { Scale = 0.1m });
        for (var i = 0; i < 5; i++) await bench.Master.Registers(0, 1);
        Assert.Equal(bench.Ledger.For("dev", "x").Select(served => served.Exact * 0.1m), bench.Ledger.For("dev", "tenth").Select(served => served.Exact));
    }

    [Fact]
    public async Task Without_a_ledger_the_plant_answers_all_the_same()
    {
        await using var plant = new SimulatedPlant([new SimulatedLine("line", [new SimulatedDevice("dev", 1, [Double])])], TimeProvider.System);
        await plant.StartAsync(CancellationToken.None);
        using var master = await RawMaster.To(plant.Lines[0].EndPoint);
        Assert.Equal(8, (await master.Registers(5, 4)).Length);
        Assert.Equal(1, plant.Device("dev").Answers);
        Assert.Null(plant.Ledger);
    }

    private static long Now(Bench bench) => bench.Time.GetUtcNow().ToUnixTimeMilliseconds();

    private static string Round(float number) => number.ToString("R", CultureInfo.InvariantCulture);

    // What a gateway would deliver for the eleven registers, decoded by hand.
    private static IEnumerable<(string Point, string Token)> Tokens(byte[] bytes)
    {
        var invariant = CultureInfo.InvariantCulture;
        yield return ("scaled", (BinaryPrimitives.ReadInt16BigEndian(bytes) * 0.01m + 0.5m).ToString(invariant));
        yield return ("single", Round(BinaryPrimitives.ReadSingleBigEndian([bytes[4], bytes[5], bytes[2], bytes[3]])));
        yield return ("scaledSingle", (BinaryPrimitives.ReadSingleBigEndian(bytes.AsSpan(6)) * 0.1).ToString("R", invariant));
        yield return ("double", BinaryPrimitives.ReadDoubleBigEndian(bytes.AsSpan(10)).ToString("R", invariant));
        var text = System.Text.Encoding.ASCII.GetString(bytes, 18, 4).TrimEnd('\0');
        yield return ("text", System.Text.Json.JsonSerializer.Serialize(text));
    }
}
