using EdgeGateway.Config.Model;

namespace EdgeGateway.Tests.Config.Model;

/// <summary>Which limit holds when.</summary>
public sealed class LimitBookTests
{
    private static readonly PermittedLimit Always = new()
    {
        Name = "nox",
        Version = 1,
        Role = "outlet.nox",
        Basis = LimitBasis.Reference,
        Over = LimitPeriod.Hour,
        Value = 50m,
        From = new DateOnly(2026, 1, 1),
        Law = "x",
    };

    private static readonly PermittedLimit Night = Always with { Name = "nox-night", Value = 30m, Daily = DayWindow.Parse("22:00-08:00"), From = new DateOnly(2026, 3, 1), Until = new DateOnly(2026, 3, 2) };

    [Theory]
    [InlineData("2025-12-31 23:00", null)]
    [InlineData("2026-01-01 00:00", 50)]
    [InlineData("2026-03-01 07:00", 50)] // of the night of 28 February
    [InlineData("2026-03-01 21:00", 50)]
    [InlineData("2026-03-01 22:00", 30)]
    [InlineData("2026-03-02 07:00", 30)]
    [InlineData("2026-03-02 08:00", 50)]
    [InlineData("2026-03-03 07:00", 30)] // of the night of 2 March, the last one
    [InlineData("2026-03-03 22:00", 50)]
    public void The_strictest_limit_in_force_holds(string start, int? expected) =>
        Assert.Equal(expected, Find(start, Always, Night));

    [Fact]
    public void A_higher_version_replaces_the_lower_one_even_where_it_is_laxer()
    {
        var laxer = Always with { Version = 2, Value = 80m, From = new DateOnly(2026, 6, 1) };
        Assert.Equal((50, 80), (Find("2026-05-31 23:00", Always, laxer), Find("2026-06-01 00:00", Always, laxer)));
    }

    [Fact]
    public void A_version_that_has_ended_leaves_the_one_before_it_in_force()
    {
        var passing = Always with { Version = 2, Value = 40m, From = new DateOnly(2026, 6, 1), Until = new DateOnly(2026, 6, 1) };
        Assert.Equal((40, 50), (Find("2026-06-01 12:00", Always, passing), Find("2026-06-02 12:00", Always, passing)));
    }

    [Fact]
    public void Limits_of_another_basis_or_period_do_not_count()
    {
        var book = new LimitBook([Always]);
        var at = new DateTime(2026, 6, 1);
        Assert.Null(book.Find("outlet.nox", LimitBasis.Dry, LimitPeriod.Hour, at));
        Assert.Null(book.Find("outlet.nox", LimitBasis.Reference, LimitPeriod.Day, at));
        Assert.Null(book.Find("outlet.so2", LimitBasis.Reference, LimitPeriod.Hour, at));
    }

    private static int? Find(string start, params PermittedLimit[] limits) =>
        (int?)new LimitBook([.. limits]).Find("outlet.nox", LimitBasis.Reference, LimitPeriod.Hour, DateTime.Parse(start, System.Globalization.CultureInfo.InvariantCulture))?.Value;
}
