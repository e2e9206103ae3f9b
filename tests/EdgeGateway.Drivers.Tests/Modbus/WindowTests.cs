using EdgeGateway.Drivers.Modbus;

namespace EdgeGateway.Drivers.Tests.Modbus;

/// <summary>Several questions at once. Every poll of the bench compares each value with the oracle.</summary>
public sealed class WindowTests
{
    /// <summary>Four questions of one shape: what belongs to the one could stand for the other.</summary>
    private const string Four = "h0 h500 h1000 h1500";

    private static readonly int[] Reversed = [3, 2, 1, 0];

    public static TheoryData<string> Orders => ["0123", "3210", "2031", "1302", "3012"];

    [Theory, MemberData(nameof(Orders))]
    public async Task Answers_may_come_in_any_order(string order)
    {
        await using var bench = await DriverBench.On(Four, Device(4));
        bench.Line.OnQuestion = Together(4, questions =>
        {
            foreach (var at in order) bench.Line.Send(bench.Slave.Answer(questions[at - '0']));
        });

        for (var poll = 0; poll < 3; poll++) AssertAll(Quality.Good, await bench.Poll());

        Assert.Equal(12, bench.Line.Questions.Count);
    }

    [Theory]
    [InlineData(1, "1111111")]
    [InlineData(3, "331")]
    [InlineData(4, "43")]
    [InlineData(16, "7")]
    public async Task No_more_questions_are_out_than_the_window_has_room_for(int window, string bursts)
    {
        await using var bench = await DriverBench.On("h0 h200 h400 h600 h800 h1000 h1200", Device(window));
        var sizes = new Queue<int>(bursts.Select(size => size - '0'));
        var open = new List<byte[]>();
        bench.Line.OnQuestion = question =>
        {
            open.Add(question);
            if (open.Count < sizes.Peek()) return;
            sizes.Dequeue();
            open.ForEach(one => bench.Line.Send(bench.Slave.Answer(one)));
            open.Clear();
        };

        AssertAll(Quality.Good, await bench.Poll());

        Assert.Empty(sizes);
    }

    [Fact]
    public async Task Questions_that_go_out_together_have_ids_of_their_own()
    {
        await using var bench = await DriverBench.On(Four, Device(4));
        AssertAll(Quality.Good, await bench.Poll());

        Assert.Equal(4, bench.Line.Questions.Select(question => (question[0], question[1])).Distinct().Count());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_question_without_an_answer_costs_the_poll_and_another_timeout_of_silence(int silent)
    {
        await using var bench = await DriverBench.On(Four, Device(4));
        bench.Line.OnQuestion = question =>
        {
            if (Address(question) != silent * 500) bench.Line.Send(bench.Slave.Answer(question));
        };
        var before = bench.Time.GetTimestamp();

        var samples = await bench.Poll();

        AssertAll(Quality.Timeout, samples);
        Assert.Equal(PollOutcome.Answered, bench.Outcome);
        Assert.Equal(TimeSpan.FromSeconds(2), bench.Time.GetElapsedTime(before));
    }

    [Fact]
    public async Task A_device_that_loses_all_but_one_question_is_asked_one_by_one_from_then_on()
    {
        await using var bench = await DriverBench.On(Four, Device(4));
        var answered = false;
        bench.Line.OnQuestion = question =>
        {
            // One buffer for one question: what comes before its answer is out is lost.
            if (bench.Line.Questions.Count <= 4 && answered) return;
            answered = true;
            bench.Line.Send(bench.Slave.Answer(question));
        };
        AssertAll(Quality.Timeout, await bench.Poll());

        bench.Line.Questions.Clear();
        var open = 0;
        bench.Line.OnQuestion = question =>
        {
            Assert.Equal(1, ++open);
            bench.Line.Send(bench.Slave.Answer(question));
        };
        bench.Line.OnRead = () => open = 0;
        AssertAll(Quality.Good, await bench.Poll());

        bench.Time.Advance(TimeSpan.FromMinutes(10));
        bench.Line.OnQuestion = Together(4, questions => questions.ForEach(question => bench.Line.Send(bench.Slave.Answer(question))));
        AssertAll(Quality.Good, await bench.Poll());
    }

    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(10)]
    [InlineData(11)]
    public async Task A_device_that_turns_further_questions_away_is_asked_one_by_one(byte exception)
    {
        await using var bench = await DriverBench.On(Four, Device(4));
        var together = Together(4, questions =>
        {
            bench.Line.Send(bench.Slave.Answer(questions[0]));
            foreach (var question in questions[1..]) bench.Line.Send(bench.Slave.Refuse(question, exception));
        });
        bench.Line.OnQuestion = question =>
        {
            if (bench.Line.Questions.Count <= 4) together(question);
            else bench.Line.Send(bench.Slave.Answer(question));
        };

        AssertAll(Quality.Good, await bench.Poll());
        Assert.Equal(8, bench.Line.Questions.Count);

        bench.Line.OnQuestion = question => bench.Line.Send(bench.Slave.Answer(question));
        AssertAll(Quality.Good, await bench.Poll());
        Assert.Equal(12, bench.Line.Questions.Count);
    }

    [Fact]
    public async Task A_dead_device_costs_one_timeout_a_poll()
    {
        await using var bench = await DriverBench.On("h0 h200 h400 h600 h800 h1000", Device(4));
        bench.Line.OnQuestion = _ => { };
        var before = bench.Time.GetTimestamp();

        AssertAll(Quality.Timeout, await bench.Poll());

        Assert.Equal(PollOutcome.Silent, bench.Outcome);
        Assert.Equal(4, bench.Line.Questions.Count);
        Assert.Equal(TimeSpan.FromSeconds(1), bench.Time.GetElapsedTime(before));
    }

    /// <summary>Ids that a server must not put on its answers: which question's id the answer to each of the four carries; x is an id nobody has asked with.</summary>
    [Theory]
    [InlineData("3333", "the newest on all")]
    [InlineData("x012", "the one before")]
    [InlineData("123x", "the one behind")]
    [InlineData("0000", "the oldest on all")]
    [InlineData("xxxx", "another master's")]
    [InlineData("0x23", "one of them is another master's")]
    [InlineData("0113", "one of them twice")]
    [InlineData("x0123", "the one before, and the last answer again with its own")]
    public async Task Ids_that_are_mixed_up_bring_no_wrong_value(string ids, string what)
    {
        await using var bench = await DriverBench.On(Four, Device(4));
        bench.Line.OnQuestion = Together(4, questions =>
        {
            for (var i = 0; i < ids.Length; i++)
            {
                var answer = bench.Slave.Answer(questions[Math.Min(i, 3)]);
                (answer[0], answer[1]) = ids[i] == 'x' ? ((byte)0x77, (byte)0x77) : (questions[ids[i] - '0'][0], questions[ids[i] - '0'][1]);
                bench.Line.Send(answer);
            }
        });

        // The bench compares every value; asked one by one the device says nothing here.
        var samples = await bench.Poll();
        Assert.True(samples.All(sample => sample.Quality == Quality.Timeout), what);
    }

    /// <summary>A gateway to a slow bus that puts the newest id it knows on whatever comes from there: six answers of sixteen come within the patience, the others behind it.</summary>
    [Theory]
    [InlineData(16, 150)]
    [InlineData(4, 400)]
    [InlineData(3, 900)]
    public async Task A_server_that_lags_behind_with_the_newest_id_on_its_answers_brings_no_wrong_value(int window, int eachTakesMs)
    {
        await using var bench = await DriverBench.On(string.Join(' ', Enumerable.Range(0, 16).Select(i => $"h{200 * i}")), Device(window));
        var waiting = new Queue<byte[]>();
        byte[] newest = [];
        bench.Line.OnQuestion = question =>
        {
            waiting.Enqueue(question);
            newest = question;
        };
        bench.Meanwhile = () =>
        {
            if (!waiting.TryDequeue(out var next)) return TimeSpan.FromSeconds(1);
            var answer = bench.Slave.Answer(next);
            (answer[0], answer[1]) = (newest[0], newest[1]);
            bench.Time.Advance(TimeSpan.FromMilliseconds(eachTakesMs));
            bench.Line.Send(answer);
            return TimeSpan.Zero;
        };

        // The bench compares every value.
        for (var poll = 0; poll < 3; poll++) await bench.Poll();
        AssertAll(Quality.Good, bench.Sink.Samples);
    }

    [Fact]
    public async Task A_device_that_closes_the_connection_at_a_second_open_question_is_asked_one_by_one_on_the_next()
    {
        await using var bench = await DriverBench.On(Four, Device(4));
        bench.Line.OnQuestion = question =>
        {
            if (bench.Line.Questions.Count == 2) bench.Line.CloseOther();
        };
        var lost = await Assert.ThrowsAsync<LineDownException>(() => bench.Poll());
        Assert.Contains("set window to 1", lost.Message, StringComparison.Ordinal);

        await bench.Reattach();
        var open = 0;
        bench.Line.OnQuestion = question =>
        {
            Assert.Equal(1, ++open);
            bench.Line.Send(bench.Slave.Answer(question));
        };
        bench.Line.OnRead = () => open = 0;
        AssertAll(Quality.Good, await bench.Poll());
    }

    [Fact]
    public async Task An_answer_that_lost_its_last_byte_does_not_borrow_it_from_the_next_one()
    {
        await using var bench = await DriverBench.On(Four, Device(4));
        bench.Line.OnQuestion = Together(4, questions => questions.ForEach(question => bench.Line.Send(bench.Slave.Answer(question)[..^1])));

        await Assert.ThrowsAsync<LineDownException>(bench.Poll);
        Assert.All(bench.Sink.Samples, sample => Assert.Equal(SampleKind.None, sample.Value.Kind));
    }

    [Fact]
    public async Task Late_answers_of_the_poll_before_cost_questions_and_no_value()
    {
        await using var bench = await DriverBench.On(Four, Device(4));
        bench.Line.OnQuestion = _ => { };
        AssertAll(Quality.Timeout, await bench.Poll());
        bench.Line.OnQuestion = AnswersLate(bench);

        AssertAll(Quality.Good, await bench.Poll());
    }

    [Fact]
    public async Task Doubled_answers_cost_questions_and_no_value()
    {
        await using var bench = await DriverBench.On(Four, Device(4));
        bench.Line.OnQuestion = question =>
        {
            bench.Line.Send(bench.Slave.Answer(question));
            bench.Line.Send(Altered(bench.Slave.Answer(question)));
        };

        for (var poll = 0; poll < 3; poll++) AssertAll(Quality.Good, await bench.Poll());
    }

    [Fact]
    public async Task A_bad_answer_is_asked_again_and_spoils_its_own_block_only()
    {
        await using var bench = await DriverBench.On(Four, Device(4));
        bench.Line.OnQuestion = question =>
        {
            var answer = bench.Slave.Answer(question);
            if (Address(question) == 500) answer[6] = 9;
            bench.Line.Send(answer);
        };

        Assert.Equal([Quality.Good, Quality.BadReply, Quality.Good, Quality.Good], (await bench.Poll()).Select(sample => sample.Quality));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(16)]
    public async Task Refused_places_are_found_and_their_neighbours_keep_their_values(int window)
    {
        await using var bench = await DriverBench.On("h0 h1 h2 h3 h4 h5 h6 h7 h500 h501 h502 h1000", new ModbusDevice { Window = window });
        bench.Slave.Missing.UnionWith([3, 6, 501]);

        for (var poll = 0; poll < 2; poll++)
        {
            var samples = await bench.Poll();
            Assert.Equal([3, 6, 9], Enumerable.Range(0, 12).Where(i => samples[i].Quality == Quality.IllegalAddress));
            Assert.Equal(9, samples.Count(sample => sample.Quality == Quality.Good));
        }

        bench.Line.Questions.Clear();
        var refusals = bench.Slave.Refusals;
        await bench.Poll();
        Assert.Equal(refusals, bench.Slave.Refusals);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public async Task A_device_that_cannot_be_read_through_is_asked_apart_from_then_on(int window)
    {
        await using var bench = await DriverBench.On("h0 h1 h10 h11 h500 h1000", new ModbusDevice { Window = window });
        bench.Slave.Missing.UnionWith(Enumerable.Range(2, 8));
        AssertAll(Quality.Good, await bench.Poll());
        var refusals = bench.Slave.Refusals;

        AssertAll(Quality.Good, await bench.Poll());

        Assert.Equal(refusals, bench.Slave.Refusals);
    }

    [Fact]
    public async Task Times_are_those_of_each_question()
    {
        await using var bench = await DriverBench.On(Four, Device(4));
        var together = Together(4, questions =>
        {
            foreach (var at in Reversed) bench.Line.Send(bench.Slave.Answer(questions[at]));
        });
        bench.Line.OnQuestion = question =>
        {
            bench.Time.Advance(TimeSpan.FromMilliseconds(3)); // still part of writing
            together(question);
        };
        bench.Line.OnRead = () => bench.Time.Advance(TimeSpan.FromMilliseconds(7));
        var before = bench.Time.GetTimestamp();

        AssertAll(Quality.Good, await bench.Poll());

        Assert.Equal([3, 6, 9, 12], bench.Sink.Times.Select(times => bench.Time.GetElapsedTime(before, times.Asked).TotalMilliseconds));
        Assert.Equal([40, 33, 26, 19], bench.Sink.Times.Select(times => bench.Time.GetElapsedTime(before, times.Answered).TotalMilliseconds));
    }

    [Fact]
    public async Task An_answer_that_was_left_lying_while_the_program_stood_still_is_none()
    {
        await using var bench = await DriverBench.On(Four, Device(4));
        bench.Line.OnRead = () => bench.Time.Advance(TimeSpan.FromSeconds(20));

        AssertAll(Quality.Timeout, await bench.Poll());
    }

    [Fact]
    public async Task A_worker_that_stops_with_several_questions_out_gets_its_cancellation_and_the_next_poll_is_right()
    {
        await using var bench = await DriverBench.On(Four, Device(4));
        bench.Line.OnQuestion = _ => { };
        using var stopping = new CancellationTokenSource();
        var poll = bench.Driver.ReadAsync(bench.Group, new RecordingSink(4), stopping.Token).AsTask();
        await bench.Line.ReaderWaits();
        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => poll);
        bench.Line.OnQuestion = AnswersLate(bench);

        AssertAll(Quality.Good, await bench.Poll());
    }

    [Fact]
    public async Task A_line_that_ends_with_several_questions_out_is_down()
    {
        await using var bench = await DriverBench.On(Four, Device(4));
        bench.Line.OnQuestion = Together(4, questions =>
        {
            bench.Line.Send(bench.Slave.Answer(questions[0]));
            bench.Line.CloseOther();
        });

        await Assert.ThrowsAsync<LineDownException>(bench.Poll);
    }

    private static ModbusDevice Device(int window) => new() { MaxGap = 0, Window = window };

    private static int Address(byte[] question) => question[8] << 8 | question[9];

    private static Action<byte[]> Together(int count, Action<List<byte[]>> answer)
    {
        var open = new List<byte[]>();
        return question =>
        {
            open.Add(question);
            if (open.Count < count) return;
            answer(open);
            open.Clear();
        };
    }

    /// <summary>What was asked so far is answered with the next question, in front of its answer, and with other values.</summary>
    private static Action<byte[]> AnswersLate(DriverBench bench)
    {
        var late = bench.Line.Questions.ToList();
        return question =>
        {
            foreach (var one in late) bench.Line.Send(Altered(bench.Slave.Answer(one)));
            late.Clear();
            bench.Line.Send(bench.Slave.Answer(question));
        };
    }

    private static byte[] Altered(byte[] answer)
    {
        for (var i = 9; i < answer.Length; i++) answer[i] ^= 0x5A;
        return answer;
    }

    private static void AssertAll(Quality quality, Sample[] samples) => Assert.All(samples, sample => Assert.Equal(quality, sample.Quality));
}
