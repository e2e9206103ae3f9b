using System.Net;
using EdgeGateway.PlantSimulator;
using EdgeGateway.Uplink;
using Microsoft.Extensions.Time.Testing;

namespace EdgeGateway.Tests.Uplink;

public sealed class OutageTests
{
    [Fact]
    public async Task A_black_hole_is_noticed_within_the_acknowledgement_timeout_and_nothing_is_lost()
    {
        await using var broker = new ScriptedBroker();
        broker.Start();
        await using var link = new LinkFault(new IPEndPoint(IPAddress.Loopback, broker.Port));
        await using var bench = new UplinkBench(settings => settings with { AckTimeout = TimeSpan.FromSeconds(1) }, urls: new Uri($"mqtt://127.0.0.1:{link.EndPoint.Port}"));
        await bench.StartAsync();
        bench.Append(3);
        await bench.Delivered();

        link.Mode = LinkMode.BlackHole;
        bench.Append(5);
        var start = TimeProvider.System.GetTimestamp();
        await Eventually.Is(() => !bench.Status.UplinkIsUp, () => bench.Status.Uplink);
        Assert.InRange(TimeProvider.System.GetElapsedTime(start).TotalSeconds, 0.5, 4);
        Assert.Contains("did not acknowledge a publish within 1 s", bench.Status.Uplink, StringComparison.Ordinal);
        link.Mode = LinkMode.Cut;
        bench.Append(5);
        link.Mode = LinkMode.Pass;

        await bench.Delivered();
        Assert.Equal(Enumerable.Range(1, 13), broker.Segments.Select(message => (int)UplinkBench.Sequence(message)).Distinct().Order());
    }

    [Fact]
    public async Task An_idle_black_hole_is_noticed_within_one_and_a_half_keep_alives()
    {
        await using var broker = new ScriptedBroker();
        broker.Start();
        await using var link = new LinkFault(new IPEndPoint(IPAddress.Loopback, broker.Port));
        await using var bench = new UplinkBench(settings => settings with { KeepAlive = TimeSpan.FromSeconds(2) }, urls: new Uri($"mqtt://127.0.0.1:{link.EndPoint.Port}"));
        await bench.StartAsync();
        await Eventually.Is(() => broker.Messages.Count > 0, () => "no birth");

        link.Mode = LinkMode.BlackHole;
        var start = TimeProvider.System.GetTimestamp();
        await Eventually.Is(() => !bench.Status.UplinkIsUp, () => bench.Status.Uplink);

        Assert.InRange(TimeProvider.System.GetElapsedTime(start).TotalSeconds, 0.5, 5);
        link.Mode = LinkMode.Cut;
    }

    [Fact]
    public async Task A_broker_that_goes_away_is_noticed_at_once()
    {
        await using var broker = new ScriptedBroker();
        broker.Start();
        await using var bench = UplinkBench.Towards(broker);
        await bench.StartAsync();
        await Eventually.Is(() => broker.Messages.Count > 0, () => "no birth");

        await broker.StopAsync();

        await Eventually.Is(() => !bench.Status.UplinkIsUp, () => bench.Status.Uplink, within: TimeSpan.FromSeconds(5));
        Assert.Contains($"127.0.0.1:{broker.Port}", bench.Status.Uplink, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broker_that_acknowledged_and_then_forgot_gets_the_overlap_again()
    {
        await using var broker = new ScriptedBroker();
        broker.Start();
        await using var bench = UplinkBench.Towards(broker, settings => settings with { Overlap = TimeSpan.FromSeconds(60) });
        await bench.StartAsync();
        await Eventually.Is(() => broker.Messages.Count > 0, () => "no birth");
        bench.Append(10);
        await bench.Delivered();

        await broker.StopAsync();
        await Eventually.Is(() => bench.Outbox.Depth.Undelivered == 10, () => $"{bench.Outbox.Depth}");
        broker.Start();

        await bench.Delivered();
        var again = broker.Segments.Skip(10).Select(message => (int)UplinkBench.Sequence(message)).ToList();
        Assert.True(Enumerable.Range(1, 10).SequenceEqual(again), $"{string.Join(' ', again)}; {string.Join(" | ", bench.Log.Lines)}");
    }

    [Fact]
    public async Task The_second_broker_is_used_when_the_first_is_down()
    {
        await using var first = new ScriptedBroker();
        first.Start();
        await first.StopAsync(); // its port is free: nobody answers there
        await using var second = new ScriptedBroker();
        second.Start();
        await using var bench = new UplinkBench(settings => settings, urls: [new Uri($"mqtt://127.0.0.1:{first.Port}"), new Uri($"mqtt://127.0.0.1:{second.Port}")]);
        bench.Append(5);

        await bench.StartAsync();

        await bench.Delivered();
        Assert.Equal(5, second.Segments.Count);
        Assert.Contains(bench.Log.Lines, line => line.Contains($"127.0.0.1:{first.Port}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_gateway_that_stops_during_its_back_off_tries_once_more()
    {
        await using var broker = new ScriptedBroker();
        broker.Start();
        await broker.StopAsync();
        // Time stands still: the back-off never ends by itself.
        await using var bench = UplinkBench.Towards(broker, time: new FakeTimeProvider());
        bench.Append(5);
        await bench.StartAsync();
        await Eventually.Is(() => bench.Status.Reconnects == 1, () => bench.Status.Uplink);
        broker.Start();

        await bench.StopAsync();

        Assert.Equal(0, bench.Outbox.Depth.Undelivered);
        Assert.Equal(5, broker.Segments.Count);
    }

    [Fact]
    public async Task A_broker_that_asked_to_be_left_alone_is_left_alone_at_the_stop_as_well()
    {
        await using var broker = new ScriptedBroker { ConnectReason = 0x86 };
        broker.Start();
        await using var bench = UplinkBench.Towards(broker, time: new FakeTimeProvider());
        bench.Append(5);
        await bench.StartAsync();
        await Eventually.Is(() => bench.Status.Reconnects == 1, () => bench.Status.Uplink);

        await bench.StopAsync();

        Assert.Single(broker.Greetings);
        Assert.Contains(bench.Log.Lines, line => line.Contains("stopping with 5 segments undelivered", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_in_doubt_when_the_store_fails_stays_in_doubt()
    {
        var time = new FakeTimeProvider();
        var recent = new RecentAcknowledgements(TimeSpan.FromSeconds(30), time);
        var segments = new SealedSegments();
        for (var i = 0; i < 5; i++) recent.Add(segments.Next());
        recent.Doubt(time.GetTimestamp());
        var takenBack = new List<long>();

        Assert.Throws<IOException>(() => recent.Settle(segment =>
        {
            if (segment.Sequence == 3) throw new IOException("disk");
            takenBack.Add(segment.Sequence);
        }));
        time.Advance(TimeSpan.FromMinutes(10)); // how long the store needs is no matter
        recent.Settle(segment => takenBack.Add(segment.Sequence));

        Assert.Equal([1, 2, 3, 4, 5], takenBack);
    }
}
