using EdgeGateway.Acquisition;
using EdgeGateway.Diagnostics;

namespace EdgeGateway.Tests.Acquisition;

public sealed class AnswerTimeTests
{
    private static readonly TimeSpan Configured = TimeSpan.FromSeconds(3);

    [Fact]
    public void Before_the_first_answer_the_configured_time_is_waited() => Assert.Equal(Configured, new AnswerTime(Configured).Patience);

    [Theory]
    [InlineData(5, 100, 100)]
    [InlineData(400, 410, 700)]
    [InlineData(2900, 2900, 3000)]
    public void A_steady_device_is_given_what_it_needs_and_never_more_than_configured(int milliseconds, int least, int most)
    {
        var time = new AnswerTime(Configured);
        for (var i = 0; i < 20; i++) time.Took(TimeSpan.FromMilliseconds(milliseconds + i % 2 * 5));

        Assert.InRange(time.Patience.TotalMilliseconds, least, most);
    }

    [Fact]
    public void Waits_in_vain_double_it_and_an_answer_ends_that()
    {
        var time = new AnswerTime(Configured);
        for (var i = 0; i < 50; i++) time.Took(TimeSpan.FromMilliseconds(200));
        var before = time.Patience;

        time.WasInVain();
        Assert.Equal(before * 2, time.Patience);
        for (var i = 0; i < 10; i++) time.WasInVain();
        Assert.Equal(Configured, time.Patience);
        time.Took(TimeSpan.FromMilliseconds(200));
        Assert.InRange(time.Patience, before * 0.9, before);
    }

    [Fact]
    public void A_percentile_is_right_to_a_fifth()
    {
        var histogram = new Histogram();
        for (var i = 1; i <= 1000; i++) histogram.Add(TimeSpan.FromMilliseconds(i));

        Assert.Equal(1000, histogram.Count);
        Assert.InRange(histogram.Percentile(0.5).TotalMilliseconds, 500, 600);
        Assert.InRange(histogram.Percentile(0.99).TotalMilliseconds, 990, 1190);
        Assert.Equal(TimeSpan.Zero, new Histogram().Percentile(0.5));
    }
}
