using EdgeGateway.Drivers.Dlt645;
using EdgeGateway.PlantSimulator;

namespace EdgeGateway.Drivers.Tests.Dlt645;

public sealed class MeterDriverTests
{
    [Fact]
    public async Task A_refused_block_is_asked_for_member_by_member_in_the_same_poll_and_from_then_on()
    {
        await using var bench = await MeterBench.On("ua ub uc");
        bench.Says(("11:0201FF00", "!02"), ("11:02010100", "2301"), ("11:02010200", "2302"), ("11:02010300", "2303"));

        Assert.Equal("2301e-1 2302e-1 2303e-1", MeterBench.Text(await bench.Poll()));
        await bench.Poll();

        Assert.Equal(["11:0201FF00", "11:02010100", "11:02010200", "11:02010300", "11:02010100", "11:02010200", "11:02010300"], bench.Asked);
    }

    [Fact]
    public async Task A_shortened_block_is_not_believed_but_asked_for_member_by_member()
    {
        // Which phase is missing cannot be known.
        await using var bench = await MeterBench.On("ua ub uc");
        bench.Says(("11:0201FF00", "23032301"), ("11:02010100", "2301"), ("11:02010200", "!02"), ("11:02010300", "2303"));

        Assert.Equal("2301e-1 IllegalAddress 2303e-1", MeterBench.Text(await bench.Poll()));
    }

    [Fact]
    public async Task A_meter_with_more_tariffs_than_known_is_read_all_the_same()
    {
        await using var bench = await MeterBench.On("forward-active forward-active-t1");
        bench.Says(("11:0001FF00", "000000050000000400000003000000020000000100012345"));

        Assert.Equal("12345e-2 1e-2", MeterBench.Text(await bench.Poll()));
    }

    [Fact]
    public async Task A_block_of_voltages_that_is_too_long_is_not_believed()
    {
        await using var bench = await MeterBench.On("ua ub");
        bench.Says(("11:0201FF00", "2304230323022301"), ("11:02010100", "2301"), ("11:02010200", "2302"));

        Assert.Equal("2301e-1 2302e-1", MeterBench.Text(await bench.Poll()));
        Assert.Equal(["11:0201FF00", "11:02010100", "11:02010200"], bench.Asked);
    }

    [Fact]
    public async Task A_block_that_is_met_with_silence_is_asked_for_member_by_member_next_time()
    {
        await using var bench = await MeterBench.On("ua ub");
        bench.Says(asked => asked == "11:0201FF00" ? null : "2301");

        Assert.Equal("Timeout Timeout", MeterBench.Text(await bench.Poll()));
        Assert.Equal("2301e-1 2301e-1", MeterBench.Text(await bench.Poll()));
    }

    [Fact]
    public async Task An_item_that_is_met_with_silence_does_not_keep_the_others_from_being_asked_for()
    {
        await using var bench = await MeterBench.On("02800001 02800002 02800007");
        bench.Says(asked => asked == "11:02800001" ? null : asked == "11:02800002" ? "5001" : "0250");

        Assert.Equal("Timeout Timeout Timeout", MeterBench.Text(await bench.Poll()));
        Assert.Equal("Timeout 5001e-2 250e-1", MeterBench.Text(await bench.Poll()));
        Assert.Equal("Timeout 5001e-2 250e-1", MeterBench.Text(await bench.Poll()));
    }

    [Fact]
    public async Task A_refused_item_of_a_vendor_with_several_values_is_left_out_and_the_others_are_asked_for()
    {
        await using var bench = await MeterBench.On("0E000001#1=XXXX_XXXX 0E000001#2=XXXX_XXXX 0E000002=XXXX 0E000003=XXXX");
        bench.Says(asked => asked switch { "11:0E000001" => "!02", "11:0E000002" => null, _ => "0007" });

        for (var poll = 0; poll < 3; poll++) await bench.Poll();

        Assert.Equal("IllegalAddress IllegalAddress Timeout 7e0", MeterBench.Text(await bench.Poll()));
        Assert.Single(bench.Asked, "11:0E000001");
    }

    [Fact]
    public async Task A_refused_item_is_left_out_and_its_neighbours_keep_their_values()
    {
        await using var bench = await MeterBench.On("frequency inner-temperature");
        bench.Says(("11:02800002", "5001"), ("11:02800007", "!02"));

        Assert.Equal("5001e-2 IllegalAddress", MeterBench.Text(await bench.Poll()));
        Assert.Equal("5001e-2 IllegalAddress", MeterBench.Text(await bench.Poll()));
        Assert.Equal(["11:02800002", "11:02800007", "11:02800002"], bench.Asked);
    }

    [Fact]
    public async Task Where_everything_is_refused_one_item_is_asked_for_all_the_same()
    {
        await using var bench = await MeterBench.On("frequency inner-temperature");
        bench.Says(_ => "!02");
        await bench.Poll();
        bench.Asked.Clear();

        await bench.Poll();
        Assert.Equal(PollOutcome.Answered, bench.Outcome);
        Assert.Single(bench.Asked);

        bench.Says(_ => null);
        Assert.Equal("Timeout Timeout", MeterBench.Text(await bench.Poll()));
        Assert.Equal(PollOutcome.Silent, bench.Outcome);
    }

    [Theory]
    [InlineData("01", "DeviceFailure")]
    [InlineData("02", "IllegalAddress")]
    [InlineData("03", "IllegalAddress")]
    [InlineData("04", "DeviceFailure")]
    [InlineData("08", "DeviceFailure")]
    [InlineData("10", "DeviceFailure")]
    [InlineData("20", "DeviceFailure")]
    [InlineData("40", "DeviceFailure")]
    [InlineData("00", "DeviceFailure")]
    [InlineData("80", "DeviceFailure")]
    public async Task An_error_word_becomes_a_quality(string error, string quality)
    {
        await using var bench = await MeterBench.On("frequency");
        bench.Says(_ => "!" + error);

        Assert.Equal(quality, MeterBench.Text(await bench.Poll()));
    }

    [Fact]
    public async Task A_refusal_with_more_than_an_error_word_is_no_answer()
    {
        await using var bench = await MeterBench.On("frequency");
        bench.Says(_ => "!0202");

        Assert.Equal("BadReply", MeterBench.Text(await bench.Poll()));
    }

    [Fact]
    public async Task A_dead_meter_costs_one_timeout_a_poll()
    {
        await using var bench = await MeterBench.On("frequency ua p pf");
        bench.Says(_ => null);

        Assert.Equal("Timeout Timeout Timeout Timeout", MeterBench.Text(await bench.Poll()));
        Assert.Single(bench.Asked);
        Assert.Equal(PollOutcome.Silent, bench.Outcome);
    }

    [Fact]
    public async Task A_probe_asks_for_the_shortest_item_and_waits_as_long_as_it_is_told()
    {
        await using var bench = await MeterBench.On("p forward-active frequency", MeterMap.Device(timeoutMs: 60_000));
        bench.Says(("11:02800002", "5000"));
        Assert.True(await bench.Driver.ProbeAsync(bench.Group, TimeSpan.FromSeconds(30), CancellationToken.None));

        bench.Says(_ => null);
        Assert.False(await bench.Driver.ProbeAsync(bench.Group, TimeSpan.FromMilliseconds(20), CancellationToken.None));

        Assert.All(bench.Asked, asked => Assert.Equal("11:02800002", asked));
    }

    [Fact]
    public async Task The_time_a_slow_port_takes_to_send_is_none_of_the_meters_patience()
    {
        await using var bench = await MeterBench.On("frequency", MeterMap.Device(timeoutMs: 60_000));
        bench.Says(("11:02800002", "5000"));
        bench.Line.WriteTakes = TimeSpan.FromMilliseconds(400);

        Assert.True(await bench.Driver.ProbeAsync(bench.Group, TimeSpan.FromMilliseconds(100), CancellationToken.None));
    }

    [Fact]
    public async Task A_late_reply_is_not_taken_for_the_next_one_of_the_same_item()
    {
        await using var bench = await MeterBench.On("frequency");
        byte[]? late = null;
        bench.Line.OnQuestion = question => late ??= MeterBench.Frame(question, "4999");
        Assert.Equal("Timeout", MeterBench.Text(await bench.Poll()));

        // The old reply comes with the answer to the next question, as a serial server may hold it.
        bench.Line.OnQuestion = question =>
        {
            if (late is { } old) bench.Line.Send(old);
            late = null;
            var isFrequency = MeterWire.TakeQuestion([.. question])!.Value.Data[0] == 0x02;
            bench.Line.Send(MeterBench.Frame(question, isFrequency ? "5001" : "00000001"));
        };
        Assert.Equal("5001e-2", MeterBench.Text(await bench.Poll()));
    }

    [Fact]
    public async Task An_old_refusal_does_not_open_the_door_to_old_data()
    {
        await using var bench = await MeterBench.On("frequency inner-temperature");
        var owed = new List<byte[]>();
        bench.Line.OnQuestion = question => owed.Add(MeterBench.Frame(question, owed.Count == 0 ? "!02" : "9999"));
        await bench.Poll(); // frequency: its refusal is late
        await bench.Poll(); // inner temperature: its data is late
        Assert.Equal(2, bench.Line.Questions.Count);

        var asked = 0;
        bench.Line.OnQuestion = question =>
        {
            // Each question first brings one of the old replies.
            if (asked < owed.Count) bench.Line.Send(owed[asked]);
            asked++;
            var item = Convert.ToHexString(MeterWire.TakeQuestion([.. question])!.Value.Data.Reverse().ToArray());
            bench.Line.Send(MeterBench.Frame(question, item switch { "02800002" => "5001", "02800007" => "0250", _ => "00000001" }));
        };
        for (var poll = 0; poll < 4; poll++)
        {
            var samples = await bench.Poll();
            Assert.DoesNotContain(samples, sample => sample.Value.Mantissa == 9999);
        }
        Assert.Equal("5001e-2 250e-1", MeterBench.Text(await bench.Poll()));
    }

    [Fact]
    public async Task A_telling_item_whose_reply_was_lost_with_the_stream_is_owed_too()
    {
        await using var bench = await MeterBench.On("frequency");
        bench.Says(_ => null);
        await bench.Poll(); // frequency is owed
        bench.Says(asked =>
        {
            bench.Line.Fault = new IOException("cut");
            return null;
        });
        await Assert.ThrowsAsync<LineDownException>(bench.Poll);
        var telling = bench.Asked[^1];

        await Attach(bench);
        bench.Says(_ => "00000001");
        await bench.Poll();

        Assert.NotEqual("11:02800002", telling);
        Assert.DoesNotContain(telling, bench.Asked.Skip(2));
    }

    [Fact]
    public async Task A_question_that_was_written_in_part_is_owed()
    {
        await using var bench = await MeterBench.On("frequency", MeterMap.Device(timeoutMs: 50));
        bench.Line.IsStuck = true;
        await Assert.ThrowsAsync<LineDownException>(bench.Poll);
        bench.Line.IsStuck = false;

        await Attach(bench);
        bench.Says(asked => asked == "11:02800002" ? "5001" : "00000001");
        Assert.Equal("5001e-2", MeterBench.Text(await bench.Poll()));

        // Another item first: the old reply is behind before this one is asked for again.
        Assert.NotEqual("11:02800002", bench.Asked[0]);
        Assert.Equal("11:02800002", bench.Asked[1]);
    }

    [Fact]
    public async Task An_answered_question_is_not_owed()
    {
        await using var bench = await MeterBench.On("frequency");
        bench.Says(_ => "5001");
        await bench.Poll();
        bench.Says(_ => "!04");
        await bench.Poll();
        await bench.Poll();

        Assert.Equal(["11:02800002", "11:02800002", "11:02800002"], bench.Asked);
    }

    [Fact]
    public async Task A_meter_that_refuses_every_other_item_is_left_alone_for_its_timeout_and_then_asked()
    {
        await using var bench = await MeterBench.On("frequency");
        bench.Says(_ => null);
        await bench.Poll();
        bench.Says(asked => asked == "11:02800002" ? "5001" : "!02");

        Assert.Equal("5001e-2", MeterBench.Text(await bench.Poll()));
        Assert.Equal(5, bench.Asked.Count);
    }

    [Fact]
    public async Task Two_different_replies_to_one_question_are_both_refused()
    {
        await using var bench = await MeterBench.On("frequency");
        bench.Line.OnQuestion = question => bench.Line.Send([.. MeterBench.Frame(question, "4999"), .. MeterBench.Frame(question, "5001")]);

        Assert.Equal("BadReply", MeterBench.Text(await bench.Poll()));
    }

    [Fact]
    public async Task A_reply_that_comes_twice_is_taken_once()
    {
        await using var bench = await MeterBench.On("frequency");
        bench.Line.OnQuestion = question => bench.Line.Send([.. MeterBench.Frame(question, "5001"), .. MeterBench.Frame(question, "5001")]);

        Assert.Equal("5001e-2", MeterBench.Text(await bench.Poll()));
    }

    [Fact]
    public async Task The_echo_of_the_question_is_dropped()
    {
        await using var bench = await MeterBench.On("frequency");
        bench.Line.OnQuestion = question => bench.Line.Send([.. question, .. MeterBench.Frame(question, "5001")]);

        Assert.Equal("5001e-2", MeterBench.Text(await bench.Poll()));
    }

    [Fact]
    public async Task The_echo_alone_is_silence()
    {
        await using var bench = await MeterBench.On("frequency");
        bench.Line.OnQuestion = question => bench.Line.Send(question);

        Assert.Equal("Timeout", MeterBench.Text(await bench.Poll()));
        Assert.Equal(PollOutcome.Silent, bench.Outcome);
    }

    [Theory]
    [InlineData("FEFEFEFEFEFEFEFEFEFE", "")]
    [InlineData("68", "")]
    [InlineData("6868", "")]
    [InlineData("68292507072120689104", "")]
    [InlineData("16161668", "")]
    [InlineData("", "FE68FF16")]
    [InlineData("0000", "6829250707212068910833")]
    public async Task A_reply_is_found_among_other_bytes(string before, string behind)
    {
        await using var bench = await MeterBench.On("frequency");
        bench.Line.OnQuestion = question => bench.Line.Send([.. Convert.FromHexString(before), .. MeterBench.Frame(question, "5001"), .. Convert.FromHexString(behind)]);

        Assert.Equal("5001e-2", MeterBench.Text(await bench.Poll()));
    }

    [Fact]
    public async Task A_reply_is_put_together_from_single_bytes()
    {
        await using var bench = await MeterBench.On("frequency");
        bench.Line.OnQuestion = question => bench.Line.Drip(MeterBench.Frame(question, "5001"));

        Assert.Equal("5001e-2", MeterBench.Text(await bench.Poll()));
    }

    [Fact]
    public async Task Following_frames_are_put_together()
    {
        await using var bench = await MeterBench.On("forward-active forward-active-t1");
        bench.Says(("11:0001FF00", "+0000000100012345"), ("12:0001FF00/1", "+0000000300000002"), ("12:0001FF00/2", "00000004"));

        Assert.Equal("12345e-2 1e-2", MeterBench.Text(await bench.Poll()));
    }

    [Fact]
    public async Task A_missing_following_frame_spoils_the_whole_item()
    {
        await using var bench = await MeterBench.On("forward-active forward-active-t1");
        bench.Says(("11:0001FF00", "+0000000100012345"), ("12:0001FF00/1", "+0000000300000002"));

        Assert.Equal("Timeout Timeout", MeterBench.Text(await bench.Poll()));
    }

    [Fact]
    public async Task More_following_frames_than_allowed_spoil_the_whole_item()
    {
        await using var bench = await MeterBench.On("forward-active forward-active-t1", MeterMap.Device(followUps: 1));
        bench.Says(("11:0001FF00", "+0000000100012345"), ("12:0001FF00/1", "+0000000300000002"), ("12:0001FF00/2", "00000004"));

        Assert.Equal("BadReply BadReply", MeterBench.Text(await bench.Poll()));
        Assert.Equal(2, bench.Asked.Count);
    }

    [Fact]
    public async Task A_following_frame_with_another_number_spoils_the_whole_item()
    {
        await using var bench = await MeterBench.On("forward-active forward-active-t1");
        bench.Line.OnQuestion = question =>
        {
            var (address, control, data) = MeterWire.TakeQuestion([.. question])!.Value;
            if (control == 0x12) bench.Line.Send(MeterWire.Encode(address, 0x92, [.. data[..4], 0, 0, 0, 4, (byte)(data[4] + 1)]));
            else bench.Line.Send(MeterBench.Frame(question, "+00000003000000020000000100012345"));
        };

        Assert.Equal("BadReply BadReply", MeterBench.Text(await bench.Poll()));
    }

    [Fact]
    public async Task A_copied_frame_of_1997_does_not_stand_for_the_one_behind_it()
    {
        await using var bench = await MeterBench.On("forward-active forward-active-t1", MeterMap.Device(edition: Edition.Of1997));
        var follow = 0;
        bench.Says(asked => asked == "01:901F" ? "+0000000100012345" : ++follow < 3 ? "+00000002" : "00000002");

        Assert.Equal("BadReply BadReply", MeterBench.Text(await bench.Poll()));
    }

    [Fact]
    public async Task A_meter_of_1997_is_asked_by_name_as_one_of_2007_is()
    {
        await using var bench = await MeterBench.On("ua forward-active", MeterMap.Device(edition: Edition.Of1997));
        bench.Says(("01:9010", "00010000"), ("01:B611", "0220"));

        Assert.Equal("10000e-2 220e0", MeterBench.Text(await bench.Poll()));
    }

    [Fact]
    public async Task A_closed_stream_is_a_line_that_is_down()
    {
        await using var bench = await MeterBench.On("ua");
        bench.Line.OnQuestion = _ => bench.Line.CloseOther();

        var down = await Assert.ThrowsAsync<LineDownException>(bench.Poll);
        Assert.Contains(MeterMap.Address, down.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_on_which_somebody_talks_without_a_pause_is_not_asked()
    {
        await using var bench = await MeterBench.On("ua");
        bench.Line.IsBabbling = true;

        Assert.Equal("BadReply", MeterBench.Text(await bench.Poll()));
        Assert.Empty(bench.Line.Questions);
    }

    [Fact]
    public async Task A_worker_that_stops_is_not_kept_waiting()
    {
        await using var bench = await MeterBench.On("ua", MeterMap.Device(timeoutMs: 60_000));
        using var worker = new CancellationTokenSource();
        bench.Line.OnQuestion = _ => worker.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await bench.Driver.ReadAsync(bench.Group, new RecordingSink(1), worker.Token));
    }

    private static async Task Attach(MeterBench bench)
    {
        bench.Line.Fault = null;
        await bench.Driver.AttachAsync(bench.Line, CancellationToken.None);
    }
}
