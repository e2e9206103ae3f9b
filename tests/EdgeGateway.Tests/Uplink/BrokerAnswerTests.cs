using EdgeGateway.Evidence;

namespace EdgeGateway.Tests.Uplink;

public sealed class BrokerAnswerTests
{
    [Fact]
    public async Task A_publish_that_nobody_is_subscribed_to_is_no_delivery()
    {
        await using var broker = new ScriptedBroker { Answer = _ => 0x10 };
        broker.Start();
        await using var bench = UplinkBench.Towards(broker);
        bench.Append(5);
        await bench.StartAsync();
        await Eventually.Is(() => bench.Status.Refused >= 5, () => $"{bench.Status.Refused} refused");
        Assert.Equal(5, bench.Outbox.Depth.Undelivered);
        Assert.Equal(0, bench.Status.Published);

        broker.Answer = _ => 0;

        await bench.Delivered();
        Assert.Single(bench.Log.Lines, line => line.Contains("nobody is subscribed", StringComparison.Ordinal));
    }

    [Theory, InlineData(0x87), InlineData(0x90)]
    public async Task A_stream_that_is_not_allowed_rests_and_the_other_one_goes_on(byte reason)
    {
        await using var broker = new ScriptedBroker { Answer = message => message.Topic.Contains("/events/", StringComparison.Ordinal) ? reason : (byte)0 };
        broker.Start();
        await using var bench = UplinkBench.Towards(broker);
        bench.Append(30);
        bench.Append(30, Streams.Events);
        await bench.StartAsync();

        await Eventually.Is(() => bench.Outbox.Depth.Undelivered == 30, () => $"{bench.Outbox.Depth}");
        bench.Append(5);
        await Eventually.Is(() => bench.Outbox.Depth.Undelivered == 30, () => $"{bench.Outbox.Depth}");

        var tried = broker.Segments.Count(message => message.Topic.Contains("/events/", StringComparison.Ordinal));
        Assert.InRange(tried, 1, 16);
        Assert.Single(bench.Log.Lines, line => line.Contains("does not allow stream events", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_broker_that_has_too_much_gets_half_the_window_and_later_more_again()
    {
        var refuse = 8;
        await using var broker = new ScriptedBroker();
        broker.Answer = message => message.Topic.EndsWith("/hist", StringComparison.Ordinal) && Interlocked.Decrement(ref refuse) >= 0 ? (byte)0x97 : (byte)0;
        broker.Start();
        await using var bench = UplinkBench.Towards(broker, settings => settings with { BacklogPerSecond = 10_000 });
        bench.Append(200);
        await bench.StartAsync();

        await bench.Delivered();

        // One burst of refusals halves once: 16 to 8, not to 1.
        Assert.Single(bench.Log.Lines, line => line.Contains("slowing down to a window of 8", StringComparison.Ordinal));
        Assert.Single(bench.Log.Lines, line => line.Contains("slowing down", StringComparison.Ordinal));
        Assert.Equal(Enumerable.Range(1, 200), broker.Segments.Select(message => (int)UplinkBench.Sequence(message)).Distinct().Order());
    }

    [Fact]
    public async Task A_payload_the_broker_will_never_take_is_quarantined_and_the_stream_goes_on()
    {
        await using var broker = new ScriptedBroker();
        broker.Answer = message => UplinkBench.Sequence(message) == 3 && message.Topic.EndsWith("/hist", StringComparison.Ordinal) ? (byte)0x99 : (byte)0;
        broker.Start();
        await using var bench = UplinkBench.Towards(broker);
        bench.Append(6);
        await bench.StartAsync();

        await bench.Delivered();

        Assert.Equal(1, bench.Outbox.Depth.Quarantined);
        Assert.Equal([1, 2, 3, 4, 5, 6], broker.Segments.Select(message => (int)UplinkBench.Sequence(message)));
    }

    [Fact]
    public async Task A_segment_longer_than_the_brokers_packets_is_quarantined_and_never_sent()
    {
        await using var broker = new ScriptedBroker { MaximumPacketBytes = 4096 };
        broker.Start();
        await using var bench = UplinkBench.Towards(broker);
        bench.Append(1);
        bench.Append(1, bytes: 8000);
        bench.Append(1);
        await bench.StartAsync();

        await bench.Delivered();

        Assert.Equal(1, bench.Outbox.Depth.Quarantined);
        Assert.Equal([1, 3], broker.Segments.Select(message => (int)UplinkBench.Sequence(message)));
        Assert.Contains(bench.Log.Lines, line => line.Contains("readings 2 has", StringComparison.Ordinal) && line.Contains("4096", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_refused_connection_names_broker_and_reason()
    {
        await using var broker = new ScriptedBroker { ConnectReason = 0x87 };
        broker.Start();
        await using var bench = UplinkBench.Towards(broker);
        await bench.StartAsync();

        await Eventually.Is(() => bench.Status.Reconnects > 0, () => bench.Status.Uplink);

        Assert.Contains($"127.0.0.1:{broker.Port}", bench.Status.Uplink, StringComparison.Ordinal);
        Assert.Contains("not authorised (0x87)", bench.Status.Uplink, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_password_reaches_the_broker_and_nobody_else()
    {
        await using var broker = new ScriptedBroker { ConnectReason = 0x86 };
        broker.Start();
        using var folder = new TemporaryFolder();
        var file = folder.Sub("password");
        await File.WriteAllTextAsync(file, "correct-horse-battery\nsecond line\n");
        await using var bench = UplinkBench.Towards(broker, settings => settings with { UserName = "gw-1", PasswordFile = file });
        await bench.StartAsync();

        await Eventually.Is(() => bench.Status.Reconnects > 0, () => bench.Status.Uplink);

        Assert.Equal(("gw-1", "correct-horse-battery"), (broker.Greetings[0].User, broker.Greetings[0].Password));
        Assert.DoesNotContain("correct-horse", bench.Status.Uplink, StringComparison.Ordinal);
        Assert.NotEmpty(bench.Log.Lines);
        Assert.DoesNotContain(bench.Log.Lines, line => line.Contains("correct-horse", StringComparison.Ordinal));
    }
}
