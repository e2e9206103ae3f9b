using EdgeGateway.Acquisition;
using EdgeGateway.Config;
using EdgeGateway.Diagnostics;
using EdgeGateway.Drivers;
using Microsoft.Extensions.Logging;

namespace EdgeGateway.Tests.Acquisition;

/// <summary>What dead devices cost their line, and when a line itself is dead.</summary>
public sealed class SilenceTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Answer = TimeSpan.FromMilliseconds(50);

    [Fact]
    public async Task Two_dead_devices_of_ten_leave_the_others_their_slots()
    {
        var groups = Groups(10);
        using var bench = On(TimeSpan.FromHours(1), groups, group => group is "d0/g" or "d5/g");

        var rows = await bench.RunAsync();

        foreach (var group in groups.Where(group => group.Id is not ("d0/g" or "d5/g")))
            Assert.InRange(rows.Count(row => row.Group == group.Id && row.Quality == Quality.Good), 3600 * 0.95, 3601);
    }

    [Fact]
    public async Task Thirty_dead_devices_of_thirty_two_cost_a_twentieth_of_the_line()
    {
        var groups = Groups(32);
        var wasted = TimeSpan.Zero;
        using var bench = On(TimeSpan.FromHours(1), groups, group => group is not ("d3/g" or "d20/g"), cost =>
        {
            wasted += cost;
        });
        await bench.RunAsync();

        // Two whole timeouts each until they are left alone, and from then on the budget.
        Assert.InRange(wasted, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(60) + TimeSpan.FromHours(1) * 0.05 + Second);
    }

    [Fact]
    public async Task A_dead_device_beside_others_is_named_and_the_line_is_not_given_up()
    {
        var log = new Said();
        using var bench = On(TimeSpan.FromMinutes(10), Groups(3), group => group == "d1/g", log: log);

        await bench.RunAsync();

        Assert.Single(log.Lines, line => line.Contains("device d1 does not answer", StringComparison.Ordinal));
        Assert.Equal(0, bench.Dial.GivenUp);
        Assert.Single(bench.Dial.Attempts);
    }

    [Fact]
    public async Task A_fast_dead_device_beside_a_slow_living_one_is_no_fault_of_the_line()
    {
        var log = new Said();
        SignalGroup[] groups = [Plants.Group("d0", "g", 1, Second), Plants.Group("d1", "g", 1, TimeSpan.FromMinutes(1))];
        using var bench = On(TimeSpan.FromHours(1), groups, group => group == "d0/g", log: log);

        var rows = await bench.RunAsync();

        Assert.Equal(0, bench.Dial.GivenUp);
        Assert.DoesNotContain(log.Lines, line => line.Contains("none of its", StringComparison.Ordinal));
        Assert.All(rows.Where(row => row.Group == "d1/g"), row => Assert.Equal(Quality.Good, row.Quality));
    }

    [Fact]
    public async Task A_device_that_is_asked_seldom_gets_its_probe_beside_dead_ones_that_are_asked_often()
    {
        var seldom = Plants.Group("d9", "g", 1, TimeSpan.FromMinutes(1));
        SignalGroup[] groups = [.. Groups(8), seldom];
        LineBench bench = null!; // set below, before anything runs
        bench = On(TimeSpan.FromHours(2), groups, group => group == "d9/g" ? bench.Time.Now < TimeSpan.FromMinutes(30) : group != "d0/g");
        using var end = bench;

        var rows = await bench.RunAsync();

        // Seven others that are dead wait before it, twenty seconds each, and then a minute for its own slot: six at most, not hours.
        var good = rows.Where(row => row.Group == "d9/g").Select(row => row.Quality == Quality.Good).ToList();
        Assert.InRange(good.IndexOf(true), 30, 37);
        Assert.All(good.Skip(good.IndexOf(true)), Assert.True);
    }

    [Fact]
    public async Task A_line_on_which_nobody_answers_says_so_once_and_is_dialled_anew()
    {
        var log = new Said();
        LineStatus? during = null;
        LineBench bench = null!; // set below, before anything runs
        bench = On(TimeSpan.FromMinutes(10), Groups(3), _ => bench.Time.Now < TimeSpan.FromMinutes(5), log: log, onAsk: () =>
        {
            if (bench.Time.Now is { TotalMinutes: > 4 and < 5 }) during = bench.Status.Lines["line1"];
        });
        using var end = bench;

        await bench.RunAsync();

        Assert.Single(log.Lines, line => line.Contains("none of its 3 devices has answered", StringComparison.Ordinal));
        Assert.Single(log.Lines, line => line.Contains("devices answer again", StringComparison.Ordinal));
        Assert.DoesNotContain(log.Lines, line => line.Contains("does not answer", StringComparison.Ordinal));
        Assert.Equal("none of its devices answers", during?.Trouble);
        Assert.InRange(bench.Dial.GivenUp, 2, 40);
        Assert.Null(bench.Status.Lines["line1"].Trouble);
    }

    [Fact]
    public async Task A_probe_waits_only_as_long_as_the_device_has_been_known_to_need()
    {
        var patience = new List<TimeSpan>();
        var groups = Groups(2);
        using var bench = On(TimeSpan.FromMinutes(10), groups, _ => false);
        bench.Driver.OnRead = (poll, sink) =>
        {
            var isDead = poll == groups[0].Poll && bench.Time.Now > TimeSpan.FromMinutes(2);
            bench.Time.Pass(isDead ? Second : Answer);
            return isDead ? bench.Driver.Silence(poll, sink) : Answered(bench, poll, sink);
        };
        bench.Driver.OnProbe = (_, wait) =>
        {
            patience.Add(wait);
            bench.Time.Pass(wait);
            return false;
        };

        await bench.RunAsync();

        Assert.Equal(100, patience[0].TotalMilliseconds);
        Assert.Equal([200, 400, 800, 1000], patience.Skip(1).Take(4).Select(wait => Math.Round(wait.TotalMilliseconds / 100) * 100), (a, b) => Math.Abs(a - b) <= 200);
        Assert.All(patience, wait => Assert.True(wait <= Second));
    }

    [Fact]
    public async Task A_greedy_group_on_an_overloaded_line_does_not_starve_a_slow_one()
    {
        var (greedy, slow) = (Plants.Group("greedy", "g", 1, TimeSpan.FromMilliseconds(50)), Plants.Group("slow", "g", 1, TimeSpan.FromSeconds(10)));
        using var bench = new LineBench(TimeSpan.FromHours(1) - TimeSpan.FromSeconds(6), 1, Plants.Device("greedy", greedy), Plants.Device("slow", slow));
        bench.Driver.OnRead = (poll, sink) =>
        {
            bench.Time.Pass(TimeSpan.FromMilliseconds(120));
            return bench.Driver.Answer(poll, sink, 0, 1);
        };

        var rows = await bench.RunAsync();

        Assert.All(rows.Where(row => row.Group == slow.Id), row => Assert.Equal(Quality.Good, row.Quality));
        Assert.Equal(359, rows.Count(row => row.Group == slow.Id));
        Assert.True(bench.Status.Devices["greedy"].Skipped > 10_000);
        Assert.InRange(bench.Status.Devices["slow"].Lateness.Percentile(0.99), TimeSpan.Zero, TimeSpan.FromMilliseconds(300));
    }

    [Fact]
    public async Task A_device_has_its_figures()
    {
        var groups = Groups(2);
        using var bench = On(TimeSpan.FromMinutes(10), groups, group => group == "d1/g");

        await bench.RunAsync();

        var (well, dead) = (bench.Status.Devices["d0"], bench.Status.Devices["d1"]);
        Assert.InRange(well.Answered, 590, 601);
        Assert.InRange(well.RoundTrip.TotalMilliseconds, 49, 51);
        Assert.InRange(well.RoundTrips.Percentile(0.99).TotalMilliseconds, 50, 60);
        Assert.Equal((0, TimeSpan.Zero), (dead.Answered, dead.RoundTrip));
        Assert.InRange(dead.Silent, 3, 20);
        Assert.InRange(dead.NotAsked, 550, 600);
    }

    private static SignalGroup[] Groups(int devices) => [.. Enumerable.Range(0, devices).Select(i => Plants.Group($"d{i}", "g", 1, Second))];

    /// <summary>Devices of which some are dead: a poll or probe of those costs its whole patience, 1 s until more is known.</summary>
    private static LineBench On(TimeSpan end, SignalGroup[] groups, Func<string, bool> isDead, Action<TimeSpan>? onWaste = null, ILogger? log = null, Action? onAsk = null)
    {
        var bench = new LineBench(end, 5, [.. groups.Select(group => Plants.Device(group.Id[..group.Id.IndexOf('/')], group))]) { Log = log ?? new Said() };
        void Waste(TimeSpan cost)
        {
            onWaste?.Invoke(cost);
            bench.Time.Pass(cost);
        }
        bench.Driver.OnRead = (poll, sink) =>
        {
            onAsk?.Invoke();
            if (isDead(poll.Id))
            {
                Waste(Second);
                return bench.Driver.Silence(poll, sink);
            }
            bench.Time.Pass(groups.Length > 20 ? Answer / 5 : Answer);
            return Answered(bench, poll, sink);
        };
        bench.Driver.OnProbe = (poll, patience) =>
        {
            onAsk?.Invoke();
            if (!isDead(poll.Id)) return true;
            Waste(patience);
            return false;
        };
        return bench;
    }

    private static PollOutcome Answered(LineBench bench, PollGroup poll, ISampleSink sink)
    {
        var now = bench.Time.GetTimestamp();
        sink.Block(0, poll.Points.Length, now - Answer.Ticks, now).Fill(new Sample(SampleValue.OfExact(1), Quality.Good));
        return PollOutcome.Answered;
    }

    private sealed class Said : ILogger
    {
        public List<string> Lines { get; } = [];
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        public bool IsEnabled(LogLevel logLevel) => true;
        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception));
    }
}
