using EdgeGateway.Acquisition;
using EdgeGateway.Config;
using EdgeGateway.Drivers;

namespace EdgeGateway.Tests.Acquisition;

public sealed class NormaliserTests
{
    [Theory]
    [InlineData(0, Quality.Good), InlineData(100, Quality.Good), InlineData(50, Quality.Good)]
    [InlineData(-1, Quality.OutOfRange), InlineData(101, Quality.OutOfRange), InlineData(long.MaxValue, Quality.OutOfRange)]
    public void A_number_outside_its_range_is_kept_and_marked(long raw, Quality expected)
    {
        var reading = One(new Sample(SampleValue.OfExact(raw), Quality.Good), signal => signal with { Min = 0, Max = 100 });

        Assert.Equal(new Reading(SampleValue.OfExact(raw), expected), reading);
    }

    [Fact]
    public void The_range_is_judged_after_scaling()
    {
        var reading = One(new Sample(SampleValue.OfExact(1230), Quality.Good), signal => signal with { Scaling = new Scaling(0.01m, 0), Max = 12.3 });

        Assert.Equal(new Reading(SampleValue.OfExact(1230, -2), Quality.Good), reading);
    }

    [Theory]
    [InlineData(double.NaN), InlineData(double.PositiveInfinity), InlineData(double.NegativeInfinity)]
    public void What_is_no_number_ends_here(double raw) =>
        Assert.Equal(new Reading(default, Quality.NotANumber), One(new Sample(SampleValue.OfBinary64(raw), Quality.Good)));

    [Theory]
    [InlineData(Quality.Timeout), InlineData(Quality.IllegalAddress), InlineData(Quality.DeviceBusy)]
    public void A_reason_without_a_value_stays_one_even_if_a_value_came_with_it(Quality quality) =>
        Assert.Equal(new Reading(default, quality), One(new Sample(SampleValue.OfExact(1), quality)));

    [Fact]
    public void Good_without_a_value_is_a_bad_reply() => Assert.Equal(new Reading(default, Quality.BadReply), One(default));

    [Fact]
    public void Text_has_no_range()
    {
        var text = SampleValue.OfText("RUN");

        Assert.Equal(new Reading(text, Quality.Good), One(new Sample(text, Quality.Good), signal => signal with { Min = 0, Max = 1 }));
    }

    private static Reading One(Sample sample, Func<Signal, Signal>? change = null)
    {
        var group = Plants.Group("d", "g", 1, TimeSpan.FromSeconds(1), change: (_, signal) => change?.Invoke(signal) ?? signal);
        var readings = new Reading[1];
        var good = Normaliser.Normalise(group, 0, [sample], readings);
        Assert.Equal(readings[0].Quality == Quality.Good ? 1 : 0, good);
        return readings[0];
    }
}
