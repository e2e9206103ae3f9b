using System.Text;
using EdgeGateway.Config;
using EdgeGateway.Evidence;
using EdgeGateway.Outbox;
using EdgeGateway.Uplink;

namespace EdgeGateway.Tests.Uplink;

public sealed class DeliveryTests
{
    [Fact]
    public async Task Everything_appended_arrives_exactly_once_and_in_order()
    {
        await using var broker = new ScriptedBroker();
        broker.Start();
        await using var bench = UplinkBench.Towards(broker, settings => settings with { BacklogPerSecond = 10_000 });
        bench.Append(60);
        bench.Append(20, Streams.Events);

        await bench.StartAsync();
        // Appended while the session is being made and while it sends: no segment may belong to both lanes, or to none.
        for (var i = 0; i < 100; i++)
        {
            bench.Append(1);
            bench.Append(1, Streams.Events);
        }
        await bench.Delivered();

        foreach (var (stream, count) in new[] { (Streams.Readings, 160), (Streams.Events, 120) })
        {
            var arrived = broker.Segments.Where(message => message.Topic.Contains($"/{stream}/", StringComparison.Ordinal)).ToList();
            Assert.Equal(Enumerable.Range(1, count), arrived.Select(message => (int)UplinkBench.Sequence(message)).Order());
            foreach (var lane in arrived.GroupBy(message => message.Topic))
                Assert.Equal(lane.Select(UplinkBench.Sequence).Order(), lane.Select(UplinkBench.Sequence));
        }
    }

    [Fact]
    public async Task A_window_full_of_segments_is_sent_in_order()
    {
        await using var broker = new ScriptedBroker();
        broker.Start();
        await using var bench = UplinkBench.Towards(broker, settings => settings with { BacklogPerSecond = 10_000, Window = 64 });
        bench.Append(1_000);
        await bench.StartAsync();

        await bench.Delivered();

        Assert.Equal(Enumerable.Range(1, 1_000), broker.Segments.Select(message => (int)UplinkBench.Sequence(message)));
    }

    [Fact]
    public async Task What_is_live_overtakes_the_backlog()
    {
        await using var broker = new ScriptedBroker { Answer = message => message.Topic.EndsWith("/hist", StringComparison.Ordinal) ? null : (byte)0 };
        broker.Start();
        await using var bench = UplinkBench.Towards(broker);
        bench.Append(100);
        await bench.StartAsync();
        // The broker acknowledges no backlog: all the room there is for it is taken.
        await Eventually.Is(() => broker.Segments.Count >= 15, () => $"{broker.Segments.Count} segments");

        bench.Append(3);
        await Eventually.Is(() => broker.Segments.Count(message => message.Topic.EndsWith("/readings/live", StringComparison.Ordinal)) == 3, () => "live waits for the backlog");

        await Eventually.Is(() => bench.Outbox.Depth.Undelivered == 100, () => $"{bench.Outbox.Depth}");
        broker.Answer = _ => 0;
        broker.AnswerTheRest();
        await bench.Delivered();
    }

    [Theory, InlineData(1), InlineData(3)]
    public async Task A_slow_pace_of_the_backlog_lets_all_streams_through(int perSecond)
    {
        await using var broker = new ScriptedBroker();
        broker.Start();
        await using var bench = UplinkBench.Towards(broker, settings => settings with { BacklogPerSecond = perSecond });
        bench.Append(3);

        await bench.StartAsync();

        await bench.Delivered();
    }

    [Fact]
    public async Task The_window_is_never_exceeded()
    {
        await using var broker = new ScriptedBroker { Answer = _ => null, ReceiveMaximum = 5 };
        broker.Start();
        await using var bench = UplinkBench.Towards(broker);
        bench.Append(40);
        await bench.StartAsync();
        await Eventually.Is(() => broker.Messages.Count > 0, () => "no birth");
        broker.AnswerTheRest();
        bench.Append(40);

        while (bench.Outbox.Depth.Undelivered > 0)
        {
            var before = bench.Outbox.Depth.Undelivered;
            await Eventually.Is(() =>
            {
                broker.AnswerTheRest();
                return bench.Outbox.Depth.Undelivered < before;
            }, () => $"{before} undelivered");
        }

        Assert.InRange(broker.MostUnacknowledged, 2, 5);
        broker.Answer = _ => 0;
        broker.AnswerTheRest();
    }

    [Fact]
    public async Task The_birth_is_retained_and_signed_and_the_will_names_the_same_session()
    {
        await using var broker = new ScriptedBroker();
        broker.Start();
        await using var bench = UplinkBench.Towards(broker);
        bench.Append(4);
        await bench.StartAsync();
        await bench.Delivered();

        var birth = broker.Messages[0];
        Assert.Equal("ega/v1/test/gw-1/up/birth", birth.Topic);
        Assert.True(birth.IsRetained);
        var body = UplinkBench.Payload(birth.Payload);
        Assert.Equal("birth", body.GetProperty("k").GetString());
        Assert.Equal("5", body.GetProperty("mq").GetString());
        Assert.Equal([0L, 0L, 4L], body.GetProperty("streams").EnumerateArray().Select(stream => stream.GetProperty("sq").GetInt64()));
        Assert.StartsWith("EGB1", Encoding.ASCII.GetString(birth.Payload), StringComparison.Ordinal);
        var greeting = broker.Greetings[0];
        Assert.Equal("ega/v1/test/gw-1/up/will", greeting.WillTopic);
        Assert.Equal(body.GetProperty("se").GetInt64(), UplinkBench.Payload(greeting.Will).GetProperty("se").GetInt64());
        Assert.Equal("will", UplinkBench.Payload(greeting.Will).GetProperty("k").GetString());
    }

    [Fact]
    public async Task On_stop_the_outbox_is_drained_and_heads_name_the_tails()
    {
        await using var broker = new ScriptedBroker();
        broker.Start();
        await using var bench = UplinkBench.Towards(broker);
        await bench.StartAsync();
        await Eventually.Is(() => broker.Messages.Count > 0, () => "no birth");
        bench.Append(50);
        bench.Append(2, Streams.Events);

        await bench.StopAsync();

        Assert.Equal(0, bench.Outbox.Depth.Undelivered);
        Assert.Equal(52, broker.Segments.Count);
        var heads = broker.Messages.TakeLast(3).Select(message => (message.Topic.Split('/')[^2], UplinkBench.Sequence(message))).ToList();
        Assert.Equal([(Streams.Events, 2), (Streams.Aggregates, 0), (Streams.Readings, 50)], heads);
        await Eventually.Is(() => broker.Goodbyes == 1, () => "no goodbye: the broker would publish the will");
    }

    [Fact]
    public async Task A_stop_does_not_wait_for_a_broker_that_is_silent()
    {
        await using var broker = new ScriptedBroker();
        broker.Start();
        await using var bench = UplinkBench.Towards(broker, settings => settings with { AckTimeout = TimeSpan.FromMinutes(5) });
        await bench.StartAsync();
        await Eventually.Is(() => broker.Messages.Count > 0, () => "no birth");
        broker.Answer = _ => null;
        bench.Append(1);
        await Eventually.Is(() => broker.Segments.Count == 1, () => "nothing sent");

        var start = TimeProvider.System.GetTimestamp();
        await bench.StopAsync();

        Assert.InRange(TimeProvider.System.GetElapsedTime(start).TotalSeconds, 0, 30); // the host gives it 45 s
        Assert.Equal(1, bench.Outbox.Depth.Undelivered);
    }

    [Fact]
    public async Task An_idle_session_hardly_ever_wakes_up()
    {
        await using var broker = new ScriptedBroker();
        broker.Start();
        var time = new CountingTime();
        await using var bench = UplinkBench.Towards(broker, time: time);
        await bench.StartAsync();
        bench.Append(5);
        await bench.Delivered();

        var before = time.Timers;
        await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System);

        Assert.InRange(time.Timers - before, 0, 5);
    }

    [Fact]
    public async Task A_session_whose_window_is_full_or_whose_stream_rests_hardly_ever_wakes_up()
    {
        await using var broker = new ScriptedBroker { Answer = message => message.Topic.Contains("/events/", StringComparison.Ordinal) ? (byte)0x87 : message.Topic.Contains("/readings/", StringComparison.Ordinal) ? null : (byte)0 };
        broker.Start();
        var time = new CountingTime();
        await using var bench = UplinkBench.Towards(broker, time: time);
        bench.Append(100);
        bench.Append(100, Streams.Events);
        await bench.StartAsync();
        await Eventually.Is(() => broker.Segments.Count(message => message.Topic.EndsWith("/readings/hist", StringComparison.Ordinal)) >= 15, () => "window not filled");

        var before = time.Timers;
        await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System);

        Assert.InRange(time.Timers - before, 0, 5);
        broker.Answer = _ => 0;
        broker.AnswerTheRest();
    }

    [Fact]
    public void A_lane_says_there_is_nothing_only_if_there_is_nothing()
    {
        using var folder = new TemporaryFolder();
        using var outbox = LiteDbOutbox.Open(folder.Path, new OutboxSettings(), TimeProvider.System);
        var segments = new SealedSegments();
        for (var i = 0; i < 30; i++) outbox.Append(new([segments.Next()]));
        var lane = new Lane(outbox, Streams.Readings, isLive: true, 0, []);
        var taken = Enumerable.Range(0, 20).Select(_ => lane.Take()!).ToList();

        // The first is refused: the lane starts over, and 19 segments under way are more than it reads ahead.
        lane.Settle(taken[0], isDone: false);

        Assert.Equal([1, 21, 22], Enumerable.Range(0, 3).Select(_ => lane.Take()?.Sequence));
    }

    private sealed class CountingTime : TimeProvider
    {
        private int _timers;

        public int Timers => Volatile.Read(ref _timers);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Interlocked.Increment(ref _timers);
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }
}
