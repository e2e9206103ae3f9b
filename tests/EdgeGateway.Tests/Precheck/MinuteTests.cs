using EdgeGateway.Drivers;

namespace EdgeGateway.Tests.Precheck;

/// <summary>What a minute's aggregate says.</summary>
public sealed class MinuteTests
{
    [Fact]
    public void The_mean_is_of_the_sealed_digits_and_exact()
    {
        var site = new OutletSite();
        for (var i = 0; i < 60; i++) site.See(OutletSite.At("10:00:00") + i * 1000, ("so2", i % 2 == 0 ? 0.1f : 0.2f));
        site.See(OutletSite.At("10:01:20"));
        var row = OutletSite.Row(site.Only("1m"), "outlet.so2");
        Assert.Equal(("N", 60, 60, 60), OutletSite.Counts(row));
        Assert.Equal(["0.15", "0.1", "0.2"], [row[8].GetRawText(), row[9].GetRawText(), row[10].GetRawText()]); // 0.1f and 0.2f are not a tenth and a fifth; the sealed digits are
    }

    [Fact]
    public void A_minute_waits_twenty_seconds_for_its_last_readings()
    {
        var site = new OutletSite();
        site.See(OutletSite.At("10:00:59"), ("so2", 10));
        site.See(OutletSite.At("10:01:19"));
        Assert.Empty(site.Sealed);
        site.See(OutletSite.At("10:00:58"), ("so2", 20)); // late, and not too late
        site.See(OutletSite.At("10:01:20"));
        Assert.Equal(15, OutletSite.Row(site.Only("1m"), "outlet.so2")[8].GetInt32());
    }

    [Fact]
    public void What_comes_after_its_minute_is_sealed_is_counted_and_left_out()
    {
        var site = new OutletSite();
        site.Run(OutletSite.At("10:00:00"), 60, ("so2", 10));
        site.See(OutletSite.At("10:01:20"), ("so2", 10));
        site.See(OutletSite.At("10:00:59"), ("so2", 99));
        site.See(OutletSite.At("10:02:20"), ("so2", 10));
        var minutes = site.All("1m").ToList();
        Assert.Equal(2, minutes.Count);
        Assert.Equal((0, 4), (minutes[0].GetProperty("late").GetInt32(), minutes[1].GetProperty("late").GetInt32())); // four signals have roles
        Assert.Equal(10, OutletSite.Row(minutes[1], "outlet.so2")[10].GetInt32());
    }

    [Fact]
    public void A_reading_from_the_future_moves_nothing()
    {
        var site = new OutletSite();
        site.See(OutletSite.At("10:00:00"), ("so2", 10));
        site.Book.See(site.Block(OutletSite.At("11:00:00"), Quality.Good), now: OutletSite.At("10:00:01"));
        site.Book.Advance();
        Assert.Empty(site.Book.TakeClosed());
    }

    [Theory]
    [InlineData(45, "N")]
    [InlineData(44, "B")]
    public void Three_quarters_of_what_was_due_must_be_there(int seconds, string flag)
    {
        var site = new OutletSite();
        site.Run(OutletSite.At("10:00:00"), seconds, ("so2", 10));
        site.See(OutletSite.At("10:01:20"));
        Assert.Equal((flag, 60, seconds, seconds), OutletSite.Counts(OutletSite.Row(site.Only("1m"), "outlet.so2")));
    }

    [Fact]
    public void Calibration_is_left_out_of_the_mean_and_counted()
    {
        var site = new OutletSite();
        site.Run(OutletSite.At("10:00:00"), 40, ("so2", 10));
        site.Run(OutletSite.At("10:00:40"), 20, ("so2", 90), ("state", 1));
        site.See(OutletSite.At("10:01:20"));
        var row = OutletSite.Row(site.Only("1m"), "outlet.so2");
        Assert.Equal(("C", 60, 60, 40), OutletSite.Counts(row));
        Assert.Equal("{\"C\":20}", OutletSite.More(row, "not"));
    }

    [Fact]
    public void A_status_that_tells_nothing_qualifies_nothing_as_normal()
    {
        var site = new OutletSite();
        for (var i = 0; i < 60; i++)
        {
            var block = site.Block(OutletSite.At("10:00:00") + i * 1000, Quality.Good, ("so2", 10));
            block.Readings[^1] = new Reading(default, Quality.NotANumber);
            site.Book.See(block, block.UtcMs);
        }
        site.See(OutletSite.At("10:01:20"));
        Assert.Equal(("B", 60, 60, 0), OutletSite.Counts(OutletSite.Row(site.Only("1m"), "outlet.so2")));
    }

    [Fact]
    public void Beyond_the_range_of_the_map_is_T_and_below_it_D()
    {
        var site = new OutletSite();
        site.Run(OutletSite.At("10:00:00"), 50, ("so2", 10));
        for (var i = 50; i < 60; i++) site.See(OutletSite.At("10:00:00") + i * 1000, Quality.OutOfRange, ("so2", i % 2 == 0 ? 101 : -1));
        site.See(OutletSite.At("10:01:20"));
        var row = OutletSite.Row(site.Only("1m"), "outlet.so2");
        Assert.Equal(("N", 60, 60, 50), OutletSite.Counts(row));
        Assert.Equal("{\"D\":5,\"T\":5}", OutletSite.More(row, "not"));
        Assert.Equal((10, 10), (row[9].GetInt32(), row[10].GetInt32()));
    }

    [Theory]
    [InlineData(Quality.Timeout, "B")]
    [InlineData(Quality.NotAsked, "B")]
    [InlineData(Quality.DeviceFailure, "D")]
    [InlineData(Quality.NotANumber, "D")]
    public void A_minute_without_values_says_why(Quality quality, string flag)
    {
        var site = new OutletSite();
        for (var i = 0; i < 60; i++) site.See(OutletSite.At("10:00:00") + i * 1000, quality);
        site.See(OutletSite.At("10:01:20"));
        var row = OutletSite.Row(site.Only("1m"), "outlet.so2");
        Assert.Equal((flag, 60, 60, 0), OutletSite.Counts(row));
        Assert.Equal("null", row[8].GetRawText());
    }

    [Fact]
    public void A_unit_of_production_is_in_the_unit_of_its_role()
    {
        var site = new OutletSite();
        site.Run(OutletSite.At("10:00:00"), 60, ("power", 1500));
        site.See(OutletSite.At("10:01:20"));
        var row = OutletSite.Row(site.Only("1m"), "prod.power");
        Assert.Equal(("kW", "1.5"), (row[2].GetString(), row[8].GetRawText()));
    }

    [Fact]
    public void Minutes_begin_where_the_wall_clock_in_UTC8_has_them_and_hours_and_days_too()
    {
        var site = new OutletSite();
        site.See(OutletSite.At("23:59:59"));
        site.See(OutletSite.At("00:00:20", "2026-03-02"));
        Assert.Equal(OutletSite.At("23:59:00"), site.Only("1m").GetProperty("from").GetInt64());
        Assert.Equal(OutletSite.At("23:00:00"), site.Only("1h").GetProperty("from").GetInt64());
        Assert.Equal(OutletSite.At("00:00:00"), site.Only("1d").GetProperty("from").GetInt64());
    }

    [Fact]
    public void After_a_pause_the_minutes_without_any_reading_have_no_aggregate()
    {
        var site = new OutletSite();
        site.See(OutletSite.At("10:00:00"), ("so2", 10));
        site.See(OutletSite.At("13:30:30"), ("so2", 10));
        Assert.Equal([OutletSite.At("10:00:00"), OutletSite.At("10:01:00"), OutletSite.At("10:02:00"), OutletSite.At("10:03:00")], site.All("1m").Select(body => body.GetProperty("from").GetInt64()));
        Assert.Equal(("B", 60, 1, 0), OutletSite.Counts(OutletSite.Row(site.Only("1h"), "outlet.so2")));
    }

    [Fact]
    public void A_reading_allocates_nothing()
    {
        var site = new OutletSite();
        var block = site.Block(OutletSite.At("10:00:00"), Quality.Good, ("so2", 12.345f), ("o2", 16.5f), ("flow", 123456.7f));
        void SeeMany()
        {
            for (var i = 0; i < 1000; i++) site.Book.See(block, block.UtcMs);
        }
        SeeMany();
        var before = GC.GetAllocatedBytesForCurrentThread();
        SeeMany();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
