using EdgeGateway.Config;
using EdgeGateway.Evidence;
using EdgeGateway.Uplink;

namespace EdgeGateway.Tests.Uplink;

public sealed class CostlySegmentTests
{
    private static readonly Func<BrokerSettings, BrokerSettings> Patient = settings => settings with { AckTimeout = TimeSpan.FromMinutes(5), BacklogPerSecond = 10_000 };

    [Theory, InlineData(ScriptedBroker.WithoutAWord), InlineData(0x95)]
    public async Task A_segment_that_costs_the_connection_each_time_is_found_and_quarantined(int end)
    {
        await using var broker = new ScriptedBroker();
        broker.End = message => IsSegment(message, 12) ? end : null;
        broker.Start();
        await using var bench = UplinkBench.Towards(broker, Patient, new WatchedTime(timesFaster: 20));
        bench.Append(20);
        await bench.StartAsync();

        await bench.Delivered();

        Assert.Equal(1, bench.Outbox.Depth.Quarantined);
        Assert.Contains(bench.Log.Lines, line => line.Contains("readings 12 was alone under way 3 times", StringComparison.Ordinal));
        Assert.True(broker.Segments.Count(message => IsSegment(message, 12) && message.UnderWay == 1) >= Suspicion.Convicting);
        Assert.Equal(Enumerable.Range(1, 20), broker.Segments.Select(message => (int)UplinkBench.Sequence(message)).Distinct().Order());
    }

    [Fact]
    public async Task Two_segments_that_cost_the_connection_are_both_found()
    {
        await using var broker = new ScriptedBroker();
        broker.End = message => IsSegment(message, 3) || IsSegment(message, 4) ? ScriptedBroker.WithoutAWord : null;
        broker.Start();
        await using var bench = UplinkBench.Towards(broker, Patient, new WatchedTime(timesFaster: 20));
        bench.Append(8);
        await bench.StartAsync();

        await bench.Delivered();

        Assert.Equal(2, bench.Outbox.Depth.Quarantined);
    }

    [Fact]
    public async Task A_link_that_is_just_bad_quarantines_nothing()
    {
        // Every message has the same chance to be the last one of its connection.
        var random = new Random(11);
        var gate = new Lock();
        await using var broker = new ScriptedBroker();
        broker.End = _ =>
        {
            lock (gate) return random.NextDouble() < 0.2 ? ScriptedBroker.WithoutAWord : null;
        };
        broker.Start();
        await using var bench = UplinkBench.Towards(broker, Patient, new WatchedTime(timesFaster: 100));
        bench.Append(60);
        await bench.StartAsync();

        await Eventually.Is(() => broker.Greetings.Count >= 10 || bench.Outbox.Depth.Undelivered == 0, () => $"{broker.Greetings.Count} connections; {bench.Status.Uplink}");
        broker.End = _ => null; // mended
        await bench.Delivered();

        Assert.Equal(0, bench.Outbox.Depth.Quarantined);
        Assert.True(broker.Greetings.Count > 3, $"{broker.Greetings.Count} connections");
    }

    [Fact]
    public void Only_losses_with_the_suspect_alone_are_counted_and_only_in_a_row()
    {
        var suspicion = new Suspicion();
        var segment = new SegmentName(Streams.Readings, 7);
        Assert.Null(suspicion.Lost(Remedy.LookCloser, [segment]));
        Assert.Null(suspicion.Suspect);
        Assert.Null(suspicion.Lost(Remedy.LookCloser, [segment]));
        Assert.Equal(segment, suspicion.Suspect);

        for (var i = 0; i < 2; i++)
        {
            suspicion.SentAlone();
            Assert.Null(suspicion.Lost(Remedy.LookCloser, []));
        }
        Assert.Null(suspicion.Lost(Remedy.LookCloser, [])); // lost before the suspect was sent
        for (var i = 0; i < 2; i++)
        {
            suspicion.SentAlone();
            Assert.Null(suspicion.Lost(Remedy.LookCloser, []));
        }
        suspicion.SentAlone();
        Assert.Null(suspicion.Lost(Remedy.TryAgain, [])); // no answer in time: that is the link
        for (var i = 0; i < 2; i++)
        {
            suspicion.SentAlone();
            Assert.Null(suspicion.Lost(Remedy.FindTheCulprit, []));
        }
        suspicion.SentAlone();

        Assert.Equal(segment, suspicion.Lost(Remedy.LookCloser, []));
        Assert.Null(suspicion.Suspect);
    }

    [Fact]
    public async Task A_segment_refused_ten_times_is_quarantined_if_the_broker_takes_others()
    {
        var refused = 0;
        await using var broker = new ScriptedBroker();
        broker.Answer = message =>
        {
            if (!IsSegment(message, 3)) return 0;
            Interlocked.Increment(ref refused);
            return 0x80;
        };
        broker.Start();
        await using var bench = UplinkBench.Towards(broker, Patient, new WatchedTime(timesFaster: 50));
        bench.Append(6);
        await bench.StartAsync();

        await Eventually.Is(() =>
        {
            bench.Append(1, Streams.Events); // something else that the broker takes, also between two refusals
            return bench.Outbox.Depth.Quarantined == 1;
        }, () => $"{refused} refusals, {bench.Outbox.Depth}");

        await bench.Delivered();
        Assert.InRange(refused, RepeatedRefusals.Most, RepeatedRefusals.Most + 2);
        Assert.Single(broker.Segments.Where(message => IsSegment(message, 3)).Select(message => Convert.ToHexString(message.Payload)).Distinct());
    }

    [Fact]
    public void A_broker_that_takes_nothing_at_all_costs_no_segment()
    {
        var refusals = new RepeatedRefusals();
        var segment = new SegmentName(Streams.Readings, 1);
        for (var i = 0; i < 1000; i++) Assert.False(refusals.IsOneTooMany(segment, out _));
        for (var i = 0; i < RepeatedRefusals.Most - 2; i++)
        {
            refusals.Taken();
            Assert.False(refusals.IsOneTooMany(segment, out _));
        }
        refusals.Taken();
        Assert.True(refusals.IsOneTooMany(segment, out _));
    }

    private static bool IsSegment(ScriptedBroker.Message message, long sequence) =>
        message.Topic.Contains("/readings/", StringComparison.Ordinal) && !message.Topic.EndsWith("/head", StringComparison.Ordinal) && UplinkBench.Sequence(message) == sequence;
}
