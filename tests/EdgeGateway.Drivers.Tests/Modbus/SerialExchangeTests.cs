using EdgeGateway.Drivers.Modbus;

namespace EdgeGateway.Drivers.Tests.Modbus;

/// <summary>
/// What lines do to conversations that carry no transaction id. Every poll of the bench compares each value with the oracle: whatever happens here, a
/// wrong value is never among the samples.
/// </summary>
public sealed class SerialExchangeTests
{
    public static TheoryData<string> Kinds => ["rtu", "ascii"];

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_healthy_device_gives_every_value(string kind)
    {
        await using var bench = await SerialBench.On(kind, "c0 c3 c17 d5 h0 h1*2 h9.3 h90*4 i7 i8*2");

        AssertAll(Quality.Good, await bench.Poll());
        Assert.Equal(PollOutcome.Answered, bench.Outcome);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_late_answer_is_not_taken_for_the_answer_to_the_same_question(string kind)
    {
        await using var bench = await SerialBench.On(kind, "h0 h1 h2");
        var answers = bench.Line.OnQuestion;
        bench.Line.OnQuestion = _ => { };
        AssertAll(Quality.Timeout, await bench.Poll());
        var late = bench.Altered(bench.Line.Questions[0]);
        bench.Line.OnQuestion = question =>
        {
            // The old answer is on its way until the device has anything else to say.
            if (late.Length > 0) bench.Line.Send(late);
            late = [];
            answers(question);
        };

        AssertAll(Quality.Good, await bench.Poll());
        Assert.Equal([3, 2, 3], bench.Line.Questions.Select(question => (int)bench.Content(question)[5]));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_late_refusal_is_not_learned_for_the_question_after_it(string kind)
    {
        await using var bench = await SerialBench.On(kind, "h0 h1 h2");
        var answers = bench.Line.OnQuestion;
        bench.Line.OnQuestion = _ => { };
        AssertAll(Quality.Timeout, await bench.Poll());
        // The refusal of the first question and that of the telling one come late, each in the place of the next answer.
        var late = new Queue<byte[]>([Refusal(bench, 0), Refusal(bench, 0)]);
        bench.Line.OnQuestion = question =>
        {
            if (late.TryDequeue(out var refusal)) bench.Line.Send(refusal);
            else answers(question);
        };
        await bench.Poll();

        AssertAll(Quality.Good, await bench.Poll());
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task An_old_refusal_does_not_open_the_door_to_old_data(string kind)
    {
        await using var bench = await SerialBench.On(kind, "h0 h1");
        var answers = bench.Line.OnQuestion;
        bench.Line.OnQuestion = _ => { };
        var other = Map.Group("h500 h501 h502", (ModbusDevice)bench.Group.Device);
        await bench.Driver.ReadAsync(other, new RecordingSink(3), CancellationToken.None);
        AssertAll(Quality.Timeout, await bench.Poll());
        var oldData = bench.Altered(bench.Line.Questions[1]);
        // The refusal of the first question comes behind the telling one, the data of the second behind the one after that, and then the device keeps up again.
        var asked = 0;
        bench.Line.OnQuestion = question =>
        {
            if (++asked == 1) bench.Line.Send(Refusal(bench, 0));
            else if (asked == 2) bench.Line.Send(oldData);
            else answers(question);
        };

        // The bench compares every value.
        await bench.Poll();

        AssertAll(Quality.Good, await bench.Poll());
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task The_time_a_slow_port_takes_to_send_is_none_of_the_devices_patience(string kind)
    {
        await using var bench = await SerialBench.On(kind, "h0");
        bench.Line.WriteTakes = SerialBench.Patience / 2;

        Assert.True(await bench.Driver.ProbeAsync(bench.Group, SerialBench.Patience / 5, CancellationToken.None));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_device_that_refuses_everything_while_an_answer_is_owed_is_not_asked_for_every_point(string kind)
    {
        await using var bench = await SerialBench.On(kind, string.Join(' ', Enumerable.Range(0, 100).Select(i => $"h{i}")));
        bench.Line.OnQuestion = _ => { };
        AssertAll(Quality.Timeout, await bench.Poll());
        bench.Line.OnQuestion = _ => bench.Line.Send(Refusal(bench, 0));
        var before = bench.Line.Questions.Count;

        AssertAll(Quality.IllegalAddress, await bench.Poll());
        Assert.InRange(bench.Line.Questions.Count - before, 1, 60);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_probe_asks_the_cheapest_question_that_was_answered_and_waits_as_long_as_it_is_told(string kind)
    {
        await using var bench = await SerialBench.On(kind, "h0 h1 h2 h100");
        AssertAll(Quality.Good, await bench.Poll());
        Assert.True(await bench.Driver.ProbeAsync(bench.Group, SerialBench.Patience, CancellationToken.None));
        Assert.Equal(1, bench.Content(bench.Line.Questions[^1])[5]);

        bench.Line.OnQuestion = _ => { };
        Assert.False(await bench.Driver.ProbeAsync(bench.Group, TimeSpan.FromMilliseconds(20), CancellationToken.None));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_device_that_always_answers_too_late_never_gives_a_value(string kind)
    {
        await using var bench = await SerialBench.On(kind, "h0 h1 h2");
        var pending = new Queue<byte[]>();
        bench.Line.OnQuestion = question =>
        {
            if (pending.TryDequeue(out var before)) bench.Line.Send(bench.Altered(before));
            pending.Enqueue(question);
        };

        for (var poll = 0; poll < 6; poll++) Assert.All(await bench.Poll(), sample => Assert.NotEqual(Quality.Good, sample.Quality));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task What_came_while_nothing_was_asked_is_thrown_away(string kind)
    {
        await using var bench = await SerialBench.On(kind, "h0 h1");
        await bench.Poll();
        bench.Line.Send(bench.Altered(bench.Line.Questions[0]));

        AssertAll(Quality.Good, await bench.Poll());
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_copy_that_comes_before_the_right_answer_is_noticed_by_the_right_answer(string kind)
    {
        await using var bench = await SerialBench.On(kind, "h0 h1");
        await bench.Poll();
        var answers = bench.Line.OnQuestion;
        var old = bench.Altered(bench.Line.Questions[0]);
        bench.Line.OnQuestion = question =>
        {
            bench.Line.Send(old);
            answers(question);
        };

        AssertAll(Quality.BadReply, await bench.Poll());
        bench.Line.OnQuestion = answers;
        AssertAll(Quality.Good, await bench.Poll());
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task An_answer_and_its_exact_copies_are_one_answer(string kind)
    {
        await using var bench = await SerialBench.On(kind, "h0 h1 h500 h501");
        bench.Line.OnQuestion = question => bench.Line.Send([.. bench.Answer(question), .. bench.Answer(question), .. bench.Answer(question)]);

        for (var poll = 0; poll < 3; poll++) AssertAll(Quality.Good, await bench.Poll());
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_line_that_hears_itself_is_read(string kind)
    {
        // 23 coils from 0x0317: in RTU the echo reads as three bytes of data with the right check.
        await using var bench = await SerialBench.On(kind, "c791 c813 h0 h1");
        bench.Line.OnQuestion = question => bench.Line.Send([.. question, .. bench.Answer(question)]);

        AssertAll(Quality.Good, await bench.Poll());
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task An_echo_alone_is_silence(string kind)
    {
        await using var bench = await SerialBench.On(kind, "c791 c813");
        bench.Line.OnQuestion = question => bench.Line.Drip(question);

        AssertAll(Quality.Timeout, await bench.Poll());
        Assert.Equal(PollOutcome.Silent, bench.Outcome);
        Assert.Equal("010103170017", Convert.ToHexString(bench.Content(bench.Line.Questions[0])));
    }

    [Fact]
    public async Task An_echo_that_has_lost_its_line_feed_is_no_answer()
    {
        await using var bench = await SerialBench.On("ascii", "c791 c813");
        bench.Line.OnQuestion = question => bench.Line.Send([.. question[..^1], .. bench.Answer(question)]);

        AssertAll(Quality.Good, await bench.Poll());
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task An_answer_inside_the_frame_of_another_unit_is_not_taken(string kind)
    {
        await using var bench = await SerialBench.On(kind, "h0 h1");
        bench.Line.OnQuestion = question =>
        {
            var inner = bench.Altered(question);
            bench.Line.Send(bench.Wire.Encode([9, 4, (byte)inner.Length, .. inner]));
            bench.Line.Send(bench.Answer(question));
        };

        AssertAll(Quality.Good, await bench.Poll());
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task An_answer_in_single_bytes_among_noise_is_found(string kind)
    {
        await using var bench = await SerialBench.On(kind, "h0 h1");
        bench.Line.OnQuestion = question =>
        {
            bench.Line.Drip(0, 0xFF, 1, 3, 0x40, (byte)':', (byte)'0');
            bench.Line.Drip(bench.Answer(question));
            bench.Line.Drip(0xFF, 0xFE);
        };

        AssertAll(Quality.Good, await bench.Poll());
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_device_that_bears_one_register_is_asked_again_once_its_time_has_passed(string kind)
    {
        await using var bench = await SerialBench.On(kind, "h0", maxRegisters: 1);
        var answers = bench.Line.OnQuestion;
        bench.Line.OnQuestion = _ => { };
        await bench.Poll();
        bench.Line.OnQuestion = answers;
        bench.Line.Send(bench.Altered(bench.Line.Questions[0]));

        AssertAll(Quality.Good, await bench.Poll());
        Assert.Equal(2, bench.Line.Questions.Count);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_refusal_is_a_quality(string kind)
    {
        await using var bench = await SerialBench.On(kind, "h0 h1");
        bench.Line.OnQuestion = question => bench.Line.Send(bench.Wire.Encode([1, 0x83, 6]));

        AssertAll(Quality.DeviceBusy, await bench.Poll());
        Assert.Equal(PollOutcome.Answered, bench.Outcome);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task The_end_of_the_stream_is_the_end_of_the_line(string kind)
    {
        await using var bench = await SerialBench.On(kind, "h0 h1");
        bench.Line.OnQuestion = _ => bench.Line.CloseOther();

        var down = await Assert.ThrowsAsync<LineDownException>(bench.Poll);
        Assert.Equal("the connection failed while unit 1 was asked: the other side closed it", down.Message);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_line_that_is_never_quiet_is_not_asked(string kind)
    {
        await using var bench = await SerialBench.On(kind, "h0 h1");
        bench.Line.IsBabbling = true;

        AssertAll(Quality.BadReply, await bench.Poll());
        Assert.Empty(bench.Line.Questions);
    }

    private static void AssertAll(Quality quality, Sample[] samples) => Assert.All(samples, sample => Assert.Equal(quality, sample.Quality));

    private static byte[] Refusal(SerialBench bench, int question)
    {
        var content = bench.Content(bench.Line.Questions[question]);
        return bench.Wire.Encode([content[0], (byte)(content[1] | 0x80), 2]);
    }
}
