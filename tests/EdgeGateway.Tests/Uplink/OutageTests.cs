using System.Net;
using EdgeGateway.PlantSimulator;

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
}
