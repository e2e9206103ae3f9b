using EdgeGateway.Drivers.Modbus;

namespace EdgeGateway.Drivers.Tests.Modbus;

/// <summary>
/// What lines and devices do to conversations. Every poll of the bench compares each value with the oracle: whatever happens here, a wrong
/// value is never among the samples.
/// </summary>
public sealed class ModbusFaultTests
{
    private const string TenRegisters = "h0 h1 h2 h3 h4 h5 h6 h7 h8 h9";

    [Fact]
    public async Task A_healthy_device_gives_every_value()
    {
        await using var bench = await DriverBench.On("c0 c3 c17 d5 h0 h1*2 h9.3 h90*4 i7 i8*2", new ModbusDevice { Unit = 17 });

        AssertAll(Quality.Good, await bench.Poll());
        Assert.Equal(PollOutcome.Answered, bench.Outcome);
        Assert.Equal(["01", "02", "03", "03", "04"], bench.Line.Questions.Select(q => q[7].ToString("X2", null)));
    }

    [Fact]
    public async Task Times_are_taken_around_the_answer()
    {
        await using var bench = await DriverBench.On("h0");
        bench.Line.OnQuestion = question =>
        {
            bench.Time.Advance(TimeSpan.FromMilliseconds(3)); // still part of writing
            bench.Line.Send(bench.Slave.Answer(question));
        };
        var before = bench.Time.GetTimestamp();

        await bench.Poll();

        Assert.Equal(TimeSpan.FromMilliseconds(3), bench.Time.GetElapsedTime(before, bench.Sink.Times[0].Asked));
        Assert.Equal(bench.Time.GetTimestamp(), bench.Sink.Times[0].Answered);
    }

    [Fact]
    public async Task Silence_is_a_timeout_and_costs_one_wait()
    {
        await using var bench = await DriverBench.On("h0 h500 h1000");
        bench.Line.OnQuestion = _ => { };
        var before = bench.Time.GetTimestamp();

        AssertAll(Quality.Timeout, await bench.Poll());

        Assert.Equal(PollOutcome.Silent, bench.Outcome);
        Assert.Single(bench.Line.Questions);
        Assert.Equal(TimeSpan.FromSeconds(1), bench.Time.GetElapsedTime(before));
    }

    [Fact]
    public async Task An_answer_that_was_left_lying_while_the_program_stood_still_is_none_and_the_next_one_is()
    {
        await using var bench = await DriverBench.On("h0 h1");
        bench.Line.OnRead = () => bench.Time.Advance(TimeSpan.FromSeconds(20));

        AssertAll(Quality.Timeout, await bench.Poll());

        bench.Line.OnRead = () => { };
        AssertAll(Quality.Good, await bench.Poll());
    }

    [Fact]
    public async Task Silence_after_an_answer_spoils_only_the_rest()
    {
        await using var bench = await DriverBench.On("h0 h500 h1000");
        bench.Line.OnQuestion = question =>
        {
            if (question[8] == 0) bench.Line.Send(bench.Slave.Answer(question));
        };

        Assert.Equal([Quality.Good, Quality.Timeout, Quality.Timeout], (await bench.Poll()).Select(s => s.Quality));
        Assert.Equal(PollOutcome.Answered, bench.Outcome);
    }

    [Fact]
    public async Task A_device_that_comes_back_is_read_again()
    {
        await using var bench = await DriverBench.On(TenRegisters);
        var answers = bench.Line.OnQuestion;
        bench.Line.OnQuestion = _ => { };
        await bench.Poll();
        bench.Line.OnQuestion = answers;

        AssertAll(Quality.Good, await bench.Poll());
    }

    [Fact]
    public async Task A_late_reply_is_not_taken_for_the_next_answer()
    {
        await using var bench = await DriverBench.On(TenRegisters);
        var answers = bench.Line.OnQuestion;
        bench.Line.OnQuestion = _ => { };
        await bench.Poll();
        bench.Line.OnQuestion = answers;
        bench.Line.Send(Altered(bench.Slave.Answer(bench.Line.Questions[0])));

        AssertAll(Quality.Good, await bench.Poll());
    }

    [Fact]
    public async Task A_late_reply_alone_does_not_answer_the_next_question()
    {
        await using var bench = await DriverBench.On(TenRegisters);
        byte[]? before = null;
        bench.Line.OnQuestion = question =>
        {
            if (before is not null) bench.Line.Send(bench.Slave.Answer(before));
            before = question;
        };

        for (var poll = 0; poll < 5; poll++) AssertAll(Quality.Timeout, await bench.Poll());
    }

    [Fact]
    public async Task A_reply_for_another_range_that_comes_late_is_not_taken()
    {
        await using var bench = await DriverBench.On("h0 h1 h500 h501");
        bench.Line.OnQuestion = _ => { };
        await bench.Poll();
        var other = new PollGroup("device/other", bench.Group.Device, TimeSpan.FromSeconds(1), Map.Points("h700 h701"));
        bench.Line.OnQuestion = question => bench.Line.Send([.. bench.Slave.Answer(bench.Line.Questions[0]), .. bench.Slave.Answer(question)]);

        AssertAll(Quality.Good, await bench.Poll(other));
    }

    [Fact]
    public async Task Duplicates_are_dropped()
    {
        await using var bench = await DriverBench.On("h0 h1 h500 h501");
        bench.Line.OnQuestion = question =>
        {
            bench.Line.Send(bench.Slave.Answer(question));
            bench.Line.Send(Altered(bench.Slave.Answer(question)));
        };

        for (var poll = 0; poll < 5; poll++) AssertAll(Quality.Good, await bench.Poll());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(1000)]
    public async Task An_answer_may_come_in_pieces(int size)
    {
        await using var bench = await DriverBench.On(TenRegisters);
        bench.Line.OnQuestion = question =>
        {
            foreach (var piece in bench.Slave.Answer(question).Chunk(size)) bench.Line.Send(piece);
        };

        AssertAll(Quality.Good, await bench.Poll());
        AssertAll(Quality.Good, await bench.Poll());
    }

    [Fact]
    public async Task Two_frames_in_one_packet_are_two_frames()
    {
        await using var bench = await DriverBench.On(TenRegisters);
        bench.Line.OnQuestion = question => bench.Line.Send([.. WithId(question, bench, -1), .. bench.Slave.Answer(question), .. WithId(question, bench, 5)]);

        for (var poll = 0; poll < 5; poll++) AssertAll(Quality.Good, await bench.Poll());
    }

    [Fact]
    public async Task A_frame_that_came_before_the_question_is_no_answer_even_if_it_has_the_right_id()
    {
        await using var bench = await DriverBench.On(TenRegisters);
        bench.Line.OnQuestion = question => bench.Line.Send([.. bench.Slave.Answer(question), .. WithId(question, bench, -1), .. WithId(question, bench, 1)]);

        for (var poll = 0; poll < 5; poll++) AssertAll(Quality.Good, await bench.Poll());
    }

    [Fact]
    public async Task A_frame_that_began_before_the_question_is_no_answer_even_if_it_has_the_right_id()
    {
        await using var bench = await DriverBench.On(TenRegisters);
        byte[] rest = [];
        bench.Line.OnQuestion = question =>
        {
            if (rest.Length > 0) bench.Line.Send(rest);
            var early = WithId(question, bench, 1);
            bench.Line.Send([.. bench.Slave.Answer(question), .. early[..4]]);
            rest = early[4..];
        };

        for (var poll = 0; poll < 5; poll++) AssertAll(Quality.Good, await bench.Poll());
    }

    [Fact]
    public async Task The_rest_of_a_frame_cut_off_by_the_deadline_is_dropped()
    {
        await using var bench = await DriverBench.On(TenRegisters);
        var answers = bench.Line.OnQuestion;
        byte[] late = [];
        bench.Line.OnQuestion = question =>
        {
            late = bench.Slave.Answer(question);
            bench.Line.Send(late[..11]);
        };
        AssertAll(Quality.Timeout, await bench.Poll());
        bench.Line.Send(late[11..]);
        bench.Line.OnQuestion = answers;

        AssertAll(Quality.Good, await bench.Poll());
    }

    [Theory]
    [InlineData("another unit", 6, 0x02)]
    [InlineData("another function", 7, 0x04)]
    [InlineData("a write function", 7, 0x06)]
    [InlineData("a refusal with data", 7, 0x83)]
    [InlineData("a byte count too small", 8, 18)]
    [InlineData("a byte count too large", 8, 22)]
    [InlineData("an odd byte count", 8, 21)]
    [InlineData("no byte count", 8, 0)]
    public async Task A_reply_with_the_right_id_and_something_else_wrong_is_bad(string what, int at, byte value)
    {
        await using var bench = await DriverBench.On(TenRegisters);
        var answers = bench.Line.OnQuestion;
        bench.Line.OnQuestion = question =>
        {
            var answer = bench.Slave.Answer(question);
            answer[at] = value;
            bench.Line.Send(answer);
        };

        var samples = await bench.Poll();
        Assert.True(samples.All(s => s.Quality == Quality.BadReply), what);
        Assert.Equal(PollOutcome.Answered, bench.Outcome);
        bench.Line.OnQuestion = answers;
        AssertAll(Quality.Good, await bench.Poll());
    }

    [Theory]
    [InlineData(-20)]
    [InlineData(-2)]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(200)]
    public async Task A_reply_with_more_or_less_data_than_asked_for_is_bad(int bytes)
    {
        await using var bench = await DriverBench.On(TenRegisters);
        var answers = bench.Line.OnQuestion;
        bench.Line.OnQuestion = question =>
        {
            var pdu = bench.Slave.Answer(question)[7..];
            byte[] other = bytes < 0 ? pdu[..^-bytes] : [.. pdu, .. new byte[bytes]];
            bench.Line.Send(OracleSlave.Frame(question[0], question[1], 1, other));
        };

        AssertAll(Quality.BadReply, await bench.Poll());
        bench.Line.OnQuestion = answers;
        AssertAll(Quality.Good, await bench.Poll());
    }

    [Fact]
    public async Task A_bad_reply_spoils_its_own_block_only()
    {
        await using var bench = await DriverBench.On("h0 h500 h1000");
        bench.Line.OnQuestion = question =>
        {
            var answer = bench.Slave.Answer(question);
            if (question[8] == 1) answer[6] = 9;
            bench.Line.Send(answer);
        };

        Assert.Equal([Quality.Good, Quality.BadReply, Quality.Good], (await bench.Poll()).Select(s => s.Quality));
    }

    [Fact]
    public async Task A_question_that_comes_back_as_it_went_out_is_no_answer()
    {
        // 23 coils from 0x0317: the echo reads as three bytes of data, and the bits past the 23rd are 0 as they should be.
        await using var bench = await DriverBench.On("c791 c813");
        bench.Line.OnQuestion = question => bench.Line.Send([.. question]);

        AssertAll(Quality.BadReply, await bench.Poll());
        Assert.Equal("0103170017", Convert.ToHexString(bench.Line.Questions[0].AsSpan(7)));
    }

    [Theory]
    [InlineData(1, Quality.IllegalFunction)]
    [InlineData(4, Quality.DeviceFailure)]
    [InlineData(5, Quality.DeviceBusy)]
    [InlineData(6, Quality.DeviceBusy)]
    [InlineData(7, Quality.DeviceFailure)]
    [InlineData(8, Quality.DeviceFailure)]
    [InlineData(9, Quality.DeviceFailure)]
    [InlineData(10, Quality.GatewayPath)]
    [InlineData(11, Quality.GatewayPath)]
    [InlineData(0x55, Quality.DeviceFailure)]
    public async Task A_refusal_of_the_moment_is_a_quality_and_is_not_remembered(byte exception, Quality quality)
    {
        await using var bench = await DriverBench.On(TenRegisters);
        var answers = bench.Line.OnQuestion;
        bench.Line.OnQuestion = question => bench.Line.Send(bench.Slave.Refuse(question, exception));

        AssertAll(quality, await bench.Poll());
        Assert.Equal(PollOutcome.Answered, bench.Outcome);
        Assert.Single(bench.Line.Questions);
        bench.Line.OnQuestion = answers;
        AssertAll(Quality.Good, await bench.Poll());
    }

    [Fact]
    public async Task A_line_that_ends_at_any_byte_of_an_answer_is_down()
    {
        for (var length = 0; length < 29; length++)
        {
            await using var bench = await DriverBench.On(TenRegisters);
            bench.Line.OnQuestion = question =>
            {
                var answer = bench.Slave.Answer(question);
                Assert.Equal(29, answer.Length);
                if (length > 0) bench.Line.Send(answer[..length]);
                bench.Line.CloseOther();
            };

            var e = await Assert.ThrowsAsync<LineDownException>(bench.Poll);
            Assert.Contains(length == 0 ? "expected the answer of unit 1" : $"{length} bytes into a frame", e.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("0001000100170103")]
    [InlineData("0001000000000103")]
    [InlineData("0001000000010103")]
    [InlineData("0001000000FF0103")]
    [InlineData("00010000FFFF0103")]
    [InlineData("485454502F312E31")]
    public async Task An_impossible_header_takes_the_line_down(string bytes)
    {
        await using var bench = await DriverBench.On(TenRegisters);
        bench.Line.OnQuestion = _ => bench.Line.Send(Convert.FromHexString(bytes));

        var e = await Assert.ThrowsAsync<LineDownException>(bench.Poll);
        Assert.Contains(bytes[..12], e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_leaked_behind_an_answer_take_the_line_down_and_not_the_values()
    {
        await using var bench = await DriverBench.On(TenRegisters);
        bench.Line.OnQuestion = question => bench.Line.Send([.. bench.Slave.Answer(question), 0xC5, 0xCD]);

        AssertAll(Quality.Good, await bench.Poll());
        await Assert.ThrowsAsync<LineDownException>(bench.Poll);
    }

    [Fact]
    public async Task Failures_of_the_stream_take_the_line_down()
    {
        foreach (var fault in new Exception[] { new IOException("reset"), new ObjectDisposedException("stream"), new System.Net.Sockets.SocketException(104) })
        {
            await using var bench = await DriverBench.On(TenRegisters);
            bench.Line.Fault = fault;

            var e = await Assert.ThrowsAsync<LineDownException>(bench.Poll);
            Assert.Same(fault, e.InnerException);
        }
    }

    [Fact]
    public async Task A_question_that_cannot_be_sent_takes_the_line_down()
    {
        await using var bench = await DriverBench.On(TenRegisters);
        bench.Line.IsStuck = true;

        var e = await Assert.ThrowsAsync<LineDownException>(bench.Poll);
        Assert.Contains("could not be sent within 1s", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_that_stops_gets_its_cancellation_and_the_next_stream_works()
    {
        await using var bench = await DriverBench.On(TenRegisters);
        var answers = bench.Line.OnQuestion;
        bench.Line.OnQuestion = _ => { };
        using var stopping = new CancellationTokenSource();
        var poll = bench.Driver.ReadAsync(bench.Group, new RecordingSink(10), stopping.Token).AsTask();
        await bench.Line.ReaderWaits();
        await stopping.CancelAsync();

        var e = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => poll);
        Assert.Equal(stopping.Token, e.CancellationToken);
        bench.Line.OnQuestion = answers;
        await bench.Reattach();
        AssertAll(Quality.Good, await bench.Poll());
    }

    [Fact]
    public async Task A_new_stream_does_not_start_the_ids_again()
    {
        await using var bench = await DriverBench.On(TenRegisters);
        await bench.Poll();
        var last = bench.Line.Questions[^1][1];
        await bench.Reattach();
        await bench.Poll();

        Assert.Equal(last + 1, bench.Line.Questions[0][1]);
    }

    [Fact]
    public async Task An_id_comes_again_only_after_all_others()
    {
        await using var bench = await DriverBench.On("h0");
        var ids = new HashSet<int>();
        for (var poll = 0; poll < 65536; poll++)
        {
            await bench.Driver.ReadAsync(bench.Group, new RecordingSink(1), CancellationToken.None);
            Assert.True(ids.Add(bench.Line.Questions[0][0] << 8 | bench.Line.Questions[0][1]));
            bench.Line.Questions.Clear();
        }
    }

    [Fact]
    public async Task Whatever_the_line_does_no_value_is_wrong_and_a_good_line_is_good_again()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}"); // the last one is the one that failed
            await LetTheLineDoWhatItWill(seed);
        }
    }

    private static async Task LetTheLineDoWhatItWill(int seed)
    {
        var random = new Random(seed);
        await using var bench = await DriverBench.On("c791 c813 d0 h0 h1 h2*2 h400 h401.7 i9*4", new ModbusDevice { MaxGap = random.Next(33) });
        var answers = bench.Line.OnQuestion;
        var old = new List<byte[]>();
        for (var poll = 0; poll < 10; poll++)
        {
            bench.Line.OnQuestion = question =>
            {
                var answer = bench.Slave.Answer(question);
                old.Add(answer);
                switch (random.Next(12))
                {
                    case 0: break; // silence
                    case 1: bench.Line.Send([.. old[random.Next(old.Count)]]); break;
                    case 2: bench.Line.Send([.. old[random.Next(old.Count)], .. answer]); break;
                    case 3: bench.Line.Send([.. answer, .. answer]); break;
                    case 4: bench.Line.Drip(answer); break;
                    case 5: bench.Line.Send(bench.Slave.Refuse(question, (byte)random.Next(4, 12))); break;
                    case 6: bench.Line.Send(WithId(question, bench, random.Next(-3, 4))); bench.Line.Send(answer); break;
                    case 7: bench.Line.Send(OracleSlave.Frame(question[0], question[1], (byte)random.Next(2, 256), answer[7..])); break;
                    case 8: bench.Line.Send(OracleSlave.Frame(question[0], question[1], 1, [(byte)(answer[7] % 4 + 1), .. answer[8..]])); break;
                    case 9: bench.Line.Send(OracleSlave.Frame(question[0], question[1], 1, answer[7..^random.Next(1, answer.Length - 7)])); break;
                    case 10: bench.Line.Send([.. question]); break;
                    default: bench.Line.Send(answer); break;
                }
            };
            await bench.Poll();
        }
        bench.Line.OnQuestion = answers;
        await bench.Poll();
        AssertAll(Quality.Good, await bench.Poll());
    }

    private static void AssertAll(Quality quality, Sample[] samples) => Assert.All(samples, sample => Assert.Equal(quality, sample.Quality));

    /// <summary>The answer with all data inverted: if it is ever taken, the oracle sees it.</summary>
    private static byte[] Altered(byte[] answer)
    {
        for (var i = 9; i < answer.Length; i++) answer[i] ^= 0xFF;
        return answer;
    }

    /// <summary>The answer as if it belonged to a question so many ids later, with all data inverted unless it is the right one.</summary>
    private static byte[] WithId(byte[] question, DriverBench bench, int offset)
    {
        var answer = bench.Slave.Answer(question);
        var id = (ushort)((answer[0] << 8 | answer[1]) + offset);
        (answer[0], answer[1]) = ((byte)(id >> 8), (byte)id);
        return offset == 0 ? answer : Altered(answer);
    }
}
