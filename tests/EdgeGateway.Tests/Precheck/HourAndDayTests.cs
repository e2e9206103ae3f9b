namespace EdgeGateway.Tests.Precheck;

/// <summary>Hours of minutes, days of hours.</summary>
public sealed class HourAndDayTests
{
    private static readonly (string, float)[] Steady = [("so2", 20), ("o2", 16), ("flow", 1_000_000)];

    [Theory]
    [InlineData(45, "N")]
    [InlineData(44, "B")]
    public void An_hour_needs_45_valid_minutes(int minutes, string flag)
    {
        var site = new OutletSite();
        for (var minute = 0; minute < minutes; minute++) Minute(site, OutletSite.At("10:00:00") + minute * 60_000);
        site.See(OutletSite.At("11:00:20"));
        var row = OutletSite.Row(site.Only("1h"), "outlet.so2");
        Assert.Equal((flag, 60, minutes, minutes), OutletSite.Counts(row));
        Assert.Equal(("20", flag == "N" ? "20" : null), (row[8].GetRawText(), OutletSite.More(row, "kg")));
    }

    [Fact]
    public void The_mean_of_an_hour_is_that_of_its_valid_minutes_and_not_of_its_readings()
    {
        var site = new OutletSite();
        for (var minute = 0; minute < 60; minute++)
            site.Run(OutletSite.At("10:00:00") + minute * 60_000, minute < 30 ? 60 : 45, ("so2", minute < 30 ? 10 : 30), ("o2", 16));
        site.See(OutletSite.At("11:00:20"));
        var row = OutletSite.Row(site.Only("1h"), "outlet.so2");
        Assert.Equal((20, 10, 30), (row[8].GetInt32(), row[9].GetInt32(), row[10].GetInt32()));
    }

    [Theory]
    [InlineData("mean-of-converted", "29.5")]
    [InlineData("converted-mean", "24.470588")]
    public void When_oxygen_swings_the_method_decides(string method, string expected)
    {
        var site = new OutletSite(OutletSite.Usual.Replace("reference-o2: 16 %", $"reference-o2: 16 %\n    reference-method: {method}", StringComparison.Ordinal));
        for (var minute = 0; minute < 60; minute++) Minute(site, OutletSite.At("10:00:00") + minute * 60_000, o2: minute % 4 == 0 ? 19f : 16f, so2: minute % 4 == 0 ? 23.2f : 20f);
        site.See(OutletSite.At("11:00:20"));
        var row = OutletSite.Row(site.Only("1h"), "outlet.so2");
        // 15 minutes 23.2·5/2 = 58 and 45 minutes 20: 29.5; the means 20.8 and 16.75 give 20.8·5/4.25.
        Assert.Equal(expected, OutletSite.More(row, "ref"));
    }

    [Fact]
    public void The_limit_of_the_hour_is_named_with_its_version()
    {
        var site = new OutletSite(OutletSite.Usual + """

                limits:
                  - { limit: so2-1h, version: 3, of: outlet.so2, basis: reference, over: 1h, value: 35 mg/m3, from: 2026-01-01, law: x }
                  - { limit: so2-night, of: outlet.so2, basis: reference, over: 1h, value: 20 mg/m3, daily: 22:00-08:00, from: 2026-01-01, law: x }
                  - { limit: so2-mass, of: outlet.so2, basis: mass, over: 1h, value: 0.1 t, from: 2026-01-01, law: x }
            """);
        site.See(OutletSite.At("21:59:00"));
        site.See(OutletSite.At("22:59:00"));
        site.See(OutletSite.At("23:00:20"));
        Assert.Equal(["[[\"so2-1h\",3,\"reference\",35],[\"so2-mass\",1,\"mass\",100]]", "[[\"so2-night\",1,\"reference\",20],[\"so2-mass\",1,\"mass\",100]]"],
            site.All("1h").Select(body => OutletSite.More(OutletSite.Row(body, "outlet.so2"), "lim")));
        Assert.Null(OutletSite.More(OutletSite.Row(site.All("1h").First(), "outlet.o2"), "lim"));
    }

    [Theory]
    [InlineData(20, "N", "400")]
    [InlineData(19, "B", null)]
    public void A_day_needs_20_valid_hours_and_its_mass_is_the_sum_of_theirs(int hours, string flag, string? mass)
    {
        var site = new OutletSite();
        for (var hour = 0; hour < hours; hour++)
            for (var minute = 0; minute < 45; minute++) Minute(site, OutletSite.At("00:00:00") + (hour * 60 + minute) * 60_000L);
        site.See(OutletSite.At("00:00:20", "2026-03-02"));
        var row = OutletSite.Row(site.Only("1d"), "outlet.so2");
        Assert.Equal((flag, 24, hours, hours), OutletSite.Counts(row));
        Assert.Equal(mass, OutletSite.More(row, "kg"));
    }

    // As few readings as a valid minute needs.
    private static void Minute(OutletSite site, long start, float so2 = 20, float o2 = 16) => site.Run(start, 45, [("so2", so2), ("o2", o2), Steady[2]]);
}
