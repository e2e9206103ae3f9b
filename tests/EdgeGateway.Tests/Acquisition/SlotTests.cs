using EdgeGateway.Config;
using EdgeGateway.Drivers;
using FsCheck.Xunit;

namespace EdgeGateway.Tests.Acquisition;

public sealed class SlotTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Property(MaxTest = 300)]
    public void No_slot_is_lost_or_doubled_whatever_line_and_devices_do(int seed)
    {
        var random = new Random(seed);
        var end = TimeSpan.FromMilliseconds(random.Next(1, 90_000));
        var devices = Enumerable.Range(0, random.Next(1, 4)).Select(d => Plants.Device($"dev{d}", [.. Enumerable.Range(0, random.Next(1, 4)).Select(g =>
            Plants.Group($"dev{d}", $"g{g}", random.Next(1, 20), TimeSpan.FromMilliseconds(random.Next(50, 5_000))))])).ToArray();
        using var bench = new LineBench(end, seed, devices);
        var (losses, silences, gaps) = (random.NextDouble() * 0.3, random.NextDouble(), random.NextDouble());
        bench.Dial.OnDial = () =>
        {
            bench.Time.Pass(Second * (3 * random.NextDouble()));
            if (random.NextDouble() < losses) throw new LineDownException("scripted");
        };
        bench.Driver.OnAttach = () =>
        {
            if (random.NextDouble() < losses / 2) throw new LineDownException("scripted");
        };
        bench.Driver.OnRead = (group, sink) =>
        {
            bench.Time.Pass(group.Period * (random.NextDouble() * random.NextDouble() * 3));
            var middle = random.Next(group.Points.Length);
            if (middle > 0) bench.Driver.Answer(group, sink, 0, middle);
            if (random.NextDouble() < losses) throw new LineDownException("scripted");
            if (middle == 0 && random.NextDouble() < silences) return bench.Driver.Silence(group, sink);
            if (random.NextDouble() < gaps) return PollOutcome.Answered;
            return bench.Driver.Answer(group, sink, middle, group.Points.Length - middle);
        };

        var run = bench.RunAsync();

        Assert.True(run.IsCompletedSuccessfully, $"{run.Exception}");
        var rows = run.GetAwaiter().GetResult().ToLookup(row => row.Group);
        var groups = devices.SelectMany(device => device.Groups).ToList();
        foreach (var (i, group) in groups.Index())
        {
            var phase = group.Poll.Period * ((double)i / groups.Count);
            var last = bench.Time.Now < phase ? -1 : (bench.Time.Now - phase).Ticks / group.Poll.Period.Ticks;
            // A delay ends at a whole millisecond: the slot that is due a fraction later may just have been asked.
            Assert.InRange(bench.Book.LastDue(group), last, last + 1);
            var expected = Enumerable.Range(0, (int)bench.Book.LastDue(group) + 1)
                .SelectMany(slot => Enumerable.Range(0, group.Signals.Length).Select(signal => ((long)slot, signal)));
            Assert.Equal(expected, rows[group.Id].Select(row => (row.Slot, row.Signal)).Order());
        }
    }

    [Fact]
    public async Task Slots_never_drift()
    {
        var group = Plants.Group("d", "g", 1, Second);
        using var bench = new LineBench(TimeSpan.FromHours(10), 1, Plants.Device("d", group));
        var random = new Random(1);
        bench.Driver.OnRead = (poll, sink) =>
        {
            bench.Time.Pass(TimeSpan.FromMilliseconds(random.Next(0, 900)));
            return bench.Driver.Answer(poll, sink, 0, 1);
        };

        await bench.RunAsync();

        Assert.Equal(Enumerable.Range(0, 36_000).Select(k => k * TimeSpan.TicksPerSecond), bench.Driver.Polls.Select(poll => poll.At));
    }

    [Fact]
    public async Task Slots_that_pass_while_the_line_is_busy_are_skipped()
    {
        var (slow, fast) = (Plants.Group("d", "slow", 1, TimeSpan.FromMinutes(10)), Plants.Group("d", "fast", 1, Second));
        using var bench = new LineBench(TimeSpan.FromSeconds(9.9), 1, Plants.Device("d", slow, fast));
        bench.Driver.OnRead = (poll, sink) =>
        {
            if (poll == slow.Poll) bench.Time.Pass(TimeSpan.FromSeconds(4));
            return bench.Driver.Answer(poll, sink, 0, 1);
        };

        var rows = (await bench.RunAsync()).Where(row => row.Group == fast.Id).OrderBy(row => row.Slot).ToList();

        // fast falls due at 0.5 s, 1.5 s …: at 4 s the newest is slot 3, and that one is still polled.
        Assert.Equal([0, 1, 2], rows.Where(row => row.Quality == Quality.Skipped).Select(row => row.Slot));
        Assert.All(rows.Skip(3), row => Assert.Equal(Quality.Good, row.Quality));
        Assert.Equal(3, bench.Status.SkippedSlots);
    }

    [Fact]
    public async Task Slots_that_pass_while_the_line_comes_up_were_not_connected()
    {
        var (one, two) = (Plants.Group("d", "one", 1, Second), Plants.Group("d", "two", 1, Second));
        using var bench = new LineBench(TimeSpan.FromSeconds(9.9), 1, Plants.Device("d", one, two));
        bench.Dial.OnDial = () => bench.Time.Pass(TimeSpan.FromSeconds(2.7));

        var rows = await bench.RunAsync();

        Assert.DoesNotContain(rows, row => row.Quality == Quality.Skipped);
        // one is due at 0, 1, 2, two at 0.5, 1.5, 2.5: the newest of each is still polled.
        Assert.Equal([0, 1], rows.Where(row => row.Group == one.Id && row.Quality == Quality.NotConnected).Select(row => row.Slot));
        Assert.Equal([0, 1], rows.Where(row => row.Group == two.Id && row.Quality == Quality.NotConnected).Select(row => row.Slot));
        Assert.All(bench.Driver.Polls.Take(2), poll => Assert.Equal(TimeSpan.FromSeconds(2.7).Ticks, poll.At));
    }

    [Fact]
    public async Task Slots_that_pass_during_a_poll_that_loses_the_line_were_skipped_and_then_not_connected()
    {
        var (one, two) = (Plants.Group("d", "one", 1, TimeSpan.FromMinutes(10)), Plants.Group("d", "two", 1, Second));
        using var bench = new LineBench(TimeSpan.FromSeconds(9.9), 1, Plants.Device("d", one, two));
        bench.Driver.OnRead = (_, _) =>
        {
            bench.Time.Pass(TimeSpan.FromSeconds(3));
            bench.Dial.OnDial = () => throw new LineDownException("scripted");
            throw new LineDownException("scripted");
        };

        var rows = (await bench.RunAsync()).Where(row => row.Group == two.Id).OrderBy(row => row.Slot).ToList();

        Assert.Equal([0, 1], rows.Where(row => row.Quality == Quality.Skipped).Select(row => row.Slot));
        Assert.All(rows.Skip(2), row => Assert.Equal(Quality.NotConnected, row.Quality));
    }

    [Fact]
    public async Task A_line_that_cannot_be_opened_gives_not_connected_for_every_slot()
    {
        var group = Plants.Group("d", "g", 3, Second);
        using var bench = new LineBench(TimeSpan.FromMinutes(5) - TimeSpan.FromMilliseconds(1), 1, Plants.Device("d", group));
        bench.Dial.OnDial = () => throw new LineDownException("scripted");

        var rows = await bench.RunAsync();

        Assert.Equal(300 * 3, rows.Count);
        Assert.All(rows, row => Assert.Equal(Quality.NotConnected, row.Quality));
        Assert.Empty(bench.Driver.Polls);
    }

    [Fact]
    public async Task A_line_is_dialled_again_after_half_a_second_and_then_less_and_less_often_up_to_a_minute()
    {
        // A slot every 50 ms gives the worker a chance to dial that often.
        using var bench = new LineBench(TimeSpan.FromHours(2), 7, Plants.Device("d", Plants.Group("d", "g", 1, TimeSpan.FromMilliseconds(50))));
        bench.Dial.OnDial = () => throw new LineDownException("scripted");

        await bench.RunAsync();

        var waits = bench.Dial.Attempts.Zip(bench.Dial.Attempts.Skip(1), (a, b) => TimeSpan.FromTicks(b - a).TotalSeconds).ToList();
        foreach (var (n, wait) in waits.Index())
        {
            var nominal = Math.Min(60, 0.5 * Math.Pow(2, n));
            Assert.InRange(wait, nominal * 0.8, nominal * 1.2 + 0.051);
        }
        Assert.InRange(waits.Max() - waits.Skip(7).Min(), 5, 25); // the attempts of many gateways do not meet
    }

    [Fact]
    public async Task A_step_of_the_wall_clock_moves_no_slot_and_bends_no_interval()
    {
        var group = Plants.Group("d", "g", 1, Second);
        using var bench = new LineBench(TimeSpan.FromMinutes(2) - TimeSpan.FromMilliseconds(1), 1, Plants.Device("d", group));
        var polls = 0;
        bench.Driver.OnRead = (poll, sink) =>
        {
            if (++polls == 60) bench.Time.WallClockStep = TimeSpan.FromHours(-3);
            var asked = bench.Time.GetTimestamp();
            bench.Time.Pass(TimeSpan.FromMilliseconds(200));
            sink.Block(0, 1, asked, bench.Time.GetTimestamp()).Fill(new Sample(SampleValue.OfExact(1), Quality.Good));
            return PollOutcome.Answered;
        };

        var rows = await bench.RunAsync();

        Assert.Equal(Enumerable.Range(0, 120).Select(k => k * TimeSpan.TicksPerSecond), bench.Driver.Polls.Select(poll => poll.At));
        var start = new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
        Assert.Equal(Enumerable.Range(0, 120).Select(k => start + k * 1000L + 100 - (k >= 59 ? 3 * 3_600_000L : 0)), rows.Select(row => row.UtcMs));
    }

    [Fact]
    public async Task Being_stopped_in_the_middle_of_a_poll_still_accounts_for_the_slot()
    {
        var group = Plants.Group("d", "g", 4, Second);
        using var bench = new LineBench(TimeSpan.FromSeconds(2.5), 1, Plants.Device("d", group));
        bench.Driver.OnRead = (poll, sink) =>
        {
            bench.Driver.Answer(poll, sink, 0, 2);
            bench.Time.Pass(TimeSpan.FromMilliseconds(600));
            bench.Time.Stopping.ThrowIfCancellationRequested();
            return bench.Driver.Answer(poll, sink, 2, 2);
        };

        var rows = await bench.RunAsync();

        Assert.Equal(2, bench.Book.LastDue(group));
        Assert.Equal([Quality.Good, Quality.Good, Quality.Skipped, Quality.Skipped], rows.Where(row => row.Slot == 2).OrderBy(row => row.Signal).Select(row => row.Quality));
    }
}
