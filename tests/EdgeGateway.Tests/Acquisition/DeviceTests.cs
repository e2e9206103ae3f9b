using EdgeGateway.Drivers;

namespace EdgeGateway.Tests.Acquisition;

public sealed class DeviceTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_dead_device_costs_one_timeout_per_back_off_and_its_neighbour_keeps_its_slots()
    {
        var (dead, healthy) = (Plants.Group("dead", "g", 1, Second), Plants.Group("healthy", "g", 1, Second));
        using var bench = new LineBench(TimeSpan.FromHours(1) - TimeSpan.FromMilliseconds(1), 3, Plants.Device("dead", dead), Plants.Device("healthy", healthy));
        bench.Driver.OnRead = (poll, sink) =>
        {
            bench.Time.Pass(poll == dead.Poll ? Second : TimeSpan.FromMilliseconds(30));
            return poll == dead.Poll ? bench.Driver.Silence(poll, sink) : bench.Driver.Answer(poll, sink, 0, 1);
        };

        var rows = await bench.RunAsync();

        Assert.InRange(rows.Count(row => row.Group == healthy.Id && row.Quality == Quality.Good), 3600 * 0.95, 3600);
        var asked = bench.Driver.Polls.Where(poll => poll.Group == dead.Id).Select(poll => TimeSpan.FromTicks(poll.At).TotalSeconds).ToList();
        var pauses = asked.Zip(asked.Skip(1), (a, b) => b - a - 1).Skip(1).ToList(); // the first two silent polls may follow each other
        Assert.All(pauses.Index(), pause => Assert.True(pause.Item >= Math.Min(120, 5 * Math.Pow(2, pause.Index)) * 0.8, $"asked again after {pause.Item} s"));
        Assert.True(pauses.Max() <= 120 * 1.2 + 2, $"left alone for {pauses.Max()} s");
        Assert.All(rows.Where(row => row.Group == dead.Id), row => Assert.Contains(row.Quality, new[] { Quality.Timeout, Quality.NotAsked, Quality.Skipped }));
        Assert.True(rows.Count(row => row.Group == dead.Id && row.Quality == Quality.NotAsked) > 3400);
    }

    [Fact]
    public async Task A_device_that_answers_again_is_asked_in_every_slot_again()
    {
        var group = Plants.Group("d", "g", 1, Second);
        using var bench = new LineBench(TimeSpan.FromMinutes(5) - TimeSpan.FromMilliseconds(1), 3, Plants.Device("d", group));
        bench.Driver.OnRead = (poll, sink) =>
            bench.Time.Now < TimeSpan.FromMinutes(1) ? bench.Driver.Silence(poll, sink) : bench.Driver.Answer(poll, sink, 0, 1);

        var rows = await bench.RunAsync();

        var back = rows.First(row => row.Quality == Quality.Good).Slot;
        Assert.InRange(back, 60, 60 + 48); // the back-off that began before the first minute was over lasts at most 40 s and a fifth
        Assert.All(rows.Where(row => row.Slot >= back), row => Assert.Equal(Quality.Good, row.Quality));
    }

    [Fact]
    public async Task Points_a_driver_leaves_out_are_bad_replies()
    {
        var group = Plants.Group("d", "g", 6, Second);
        using var bench = new LineBench(TimeSpan.FromSeconds(0.5), 1, Plants.Device("d", group));
        bench.Driver.OnRead = (poll, sink) =>
        {
            bench.Driver.Answer(poll, sink, 4, 1);
            return bench.Driver.Answer(poll, sink, 1, 2);
        };

        var rows = await bench.RunAsync();

        Assert.Equal([Quality.BadReply, Quality.Good, Quality.Good, Quality.BadReply, Quality.Good, Quality.BadReply],
            rows.OrderBy(row => row.Signal).Select(row => row.Quality));
    }

    [Fact]
    public async Task An_element_a_driver_does_not_fill_is_no_value_of_an_earlier_poll()
    {
        var group = Plants.Group("d", "g", 2, Second);
        using var bench = new LineBench(TimeSpan.FromSeconds(1.5), 1, Plants.Device("d", group));
        bench.Driver.OnRead = (poll, sink) =>
        {
            if (bench.Driver.Polls.Count == 1) return bench.Driver.Answer(poll, sink, 0, 2);
            sink.Block(0, 2, 0, 0);
            throw new LineDownException("scripted: broke while decoding");
        };

        var rows = await bench.RunAsync();

        Assert.All(rows.Where(row => row.Slot == 1), row => Assert.Equal(new Reading(default, Quality.BadReply), row.Reading));
    }

    [Fact]
    public async Task A_line_that_breaks_in_the_middle_of_a_group_keeps_what_was_read()
    {
        var group = Plants.Group("d", "g", 5, Second);
        using var bench = new LineBench(TimeSpan.FromSeconds(0.5), 1, Plants.Device("d", group));
        bench.Driver.OnRead = (poll, sink) =>
        {
            bench.Driver.Answer(poll, sink, 0, 3);
            throw new LineDownException("scripted");
        };

        var rows = await bench.RunAsync();

        Assert.Equal([Quality.Good, Quality.Good, Quality.Good, Quality.NotConnected, Quality.NotConnected], rows.OrderBy(row => row.Signal).Select(row => row.Quality));
    }
}
