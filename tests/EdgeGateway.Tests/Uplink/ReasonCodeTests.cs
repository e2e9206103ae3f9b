namespace EdgeGateway.Tests.Uplink;

/// <summary>Each reason code of MQTT 5 that concerns a gateway is played once, and its behaviour looked at.</summary>
public sealed class ReasonCodeTests
{
    private static readonly (double Least, double Most) Ordinary = (0.5, 2);
    private static readonly (double Least, double Most) LeaveAlone = (60, 120);
    private static readonly (double Least, double Most) ForPeople = (300, 600);

    private static readonly Dictionary<byte, ((double Least, double Most) Wait, string Says)> Refusals = new()
    {
        [0x84] = (ForPeople, "does not speak MQTT 5"),
        [0x85] = (ForPeople, "Allow the client identifier"),
        [0x86] = (ForPeople, "Check broker.username"),
        [0x87] = (ForPeople, "Check broker.username"),
        [0x88] = (LeaveAlone, "server unavailable"),
        [0x89] = (LeaveAlone, "server busy"),
        [0x8A] = (ForPeople, "banned"),
        [0x8C] = (ForPeople, "bad authentication method"),
        [0x90] = (ForPeople, "broker.root"),
        [0x95] = (ForPeople, "Raise the broker's packet limit"),
        [0x97] = (LeaveAlone, "quota exceeded"),
        [0x99] = (ForPeople, "payload format invalid"),
        [0x9A] = (ForPeople, "retain not supported"),
        [0x9B] = (ForPeople, "QoS not supported"),
        [0x9C] = (LeaveAlone, "Only brokers in broker.urls are used"),
        [0x9D] = (LeaveAlone, "Correct broker.urls"),
        [0x9F] = (LeaveAlone, "connection rate exceeded"),
    };

    private static readonly Dictionary<byte, ((double Least, double Most) Wait, string Says)> Farewells = new()
    {
        [0x8B] = (Ordinary, "server shutting down"),
        [0x8D] = (Ordinary, "keep alive timeout"),
        [0x8E] = (LeaveAlone, "Another client uses this gateway's identity"),
        [0x93] = (Ordinary, "slowing down to a window of 8"),
        [0x95] = (Ordinary, "packet too large"),
        [0x96] = (Ordinary, "slowing down to a window of 8"),
        [0x97] = (Ordinary, "slowing down to a window of 8"),
        [0x98] = (LeaveAlone, "administrative action"),
        [0x9C] = (LeaveAlone, "Only brokers in broker.urls are used"),
        [0x9D] = (LeaveAlone, "Correct broker.urls"),
        [0x9F] = (LeaveAlone, "connection rate exceeded"),
        [0xA0] = (Ordinary, "maximum connect time"),
    };

    private static readonly Dictionary<byte, (string Says, int Connections, long Undelivered, int Quarantined)> Answers = new()
    {
        [0x00] = ("connected to", 1, 0, 0),
        [0x10] = ("nobody is subscribed", 1, 0, 0),
        [0x80] = ("refuses readings 3 without a reason", 1, 0, 0),
        [0x83] = ("refuses readings 3 without a reason", 1, 0, 0),
        [0x87] = ("does not allow stream readings", 1, 1, 0),
        [0x90] = ("does not allow stream readings", 1, 1, 0),
        [0x91] = ("packet identifier of readings 3 is in use", 2, 0, 0),
        [0x97] = ("slowing down to a window of 8", 1, 0, 0),
        [0x99] = ("refuses readings 3 for good", 1, 0, 1),
    };

    public static TheoryData<byte> RefusalCodes => [.. Refusals.Keys];

    public static TheoryData<byte> FarewellCodes => [.. Farewells.Keys];

    public static TheoryData<byte> AnswerCodes => [.. Answers.Keys];

    [Theory, MemberData(nameof(AnswerCodes))]
    public async Task A_publish_that_gets_this_answer(byte code)
    {
        var (says, connections, undelivered, quarantined) = Answers[code];
        var once = 1;
        await using var broker = new ScriptedBroker();
        broker.Answer = message => IsSegment(message, 3) && Interlocked.Decrement(ref once) >= 0 ? code : (byte)0;
        broker.Start();
        await using var bench = UplinkBench.Towards(broker);
        bench.Append(6);
        await bench.StartAsync();

        await Eventually.Is(() => bench.Outbox.Depth.Undelivered == undelivered, () => $"{bench.Outbox.Depth}; {bench.Status.Uplink}");

        Assert.Contains(bench.Log.Lines, line => line.Contains(says, StringComparison.Ordinal));
        Assert.Equal(quarantined, bench.Outbox.Depth.Quarantined);
        Assert.Equal(connections, broker.Greetings.Count);
    }

    [Theory, MemberData(nameof(RefusalCodes))]
    public async Task A_connection_that_is_refused_with_this_code(byte code)
    {
        var ((least, most), says) = Refusals[code];
        await using var broker = new ScriptedBroker { ConnectReason = code };
        broker.Start();
        var time = new WatchedTime();
        await using var bench = UplinkBench.Towards(broker, time: time);
        await bench.StartAsync();

        await Eventually.Is(() => IsWaiting(time, least, most), () => string.Join(' ', time.Waits), within: TimeSpan.FromSeconds(20));

        Assert.Single(broker.Greetings);
        Assert.Contains(bench.Log.Lines, line => line.Contains(says, StringComparison.Ordinal) && line.Contains($"(0x{code:X2})", StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(FarewellCodes))]
    public async Task A_connection_that_the_broker_ends_with_this_code(byte code)
    {
        var ((least, most), says) = Farewells[code];
        var once = 1;
        await using var broker = new ScriptedBroker();
        broker.End = message => IsSegment(message, 3) && Interlocked.Decrement(ref once) >= 0 ? code : null;
        broker.Start();
        var time = new WatchedTime();
        await using var bench = UplinkBench.Towards(broker, time: time);
        bench.Append(6);
        await bench.StartAsync();

        await Eventually.Is(() => IsWaiting(time, least, most), () => string.Join(' ', time.Waits), within: TimeSpan.FromSeconds(20));

        Assert.Contains(bench.Log.Lines, line => line.Contains($"(0x{code:X2})", StringComparison.Ordinal));
        Assert.Contains(bench.Log.Lines, line => line.Contains(says, StringComparison.Ordinal));
        Assert.Equal(0, bench.Outbox.Depth.Quarantined);
        if (most <= Ordinary.Most) await bench.Delivered();
    }

    [Theory, InlineData(0x86, true), InlineData(0x88, true), InlineData(0x9C, true), InlineData(0x9D, true), InlineData(0x8E, false), InlineData(0x9C, false)]
    public async Task A_broker_that_has_to_be_left_alone_does_not_hold_back_the_next_one(byte code, bool atOnce)
    {
        await using var first = new ScriptedBroker { ConnectReason = atOnce ? code : (byte)0, End = _ => code };
        first.Start();
        await using var second = new ScriptedBroker();
        second.Start();
        await using var bench = new UplinkBench(settings => settings, urls: [new Uri($"mqtt://127.0.0.1:{first.Port}"), new Uri($"mqtt://127.0.0.1:{second.Port}")]);
        bench.Append(5);
        await bench.StartAsync();

        await bench.Delivered();
        await second.StopAsync();
        second.Start();
        bench.Append(5);
        await bench.Delivered();

        Assert.Single(first.Greetings);
    }

    private static bool IsSegment(ScriptedBroker.Message message, long sequence) =>
        message.Topic.Contains("/readings/", StringComparison.Ordinal) && !message.Topic.EndsWith("/head", StringComparison.Ordinal) && UplinkBench.Sequence(message) == sequence;

    // A back-off is no round number; the deadlines beside it are.
    private static bool IsWaiting(WatchedTime time, double least, double most) =>
        time.Waits.Any(wait => wait.TotalSeconds >= least && wait.TotalSeconds <= most && wait.Ticks % TimeSpan.TicksPerSecond != 0);
}
