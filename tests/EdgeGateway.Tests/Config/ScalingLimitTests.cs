using EdgeGateway.Config;
using EdgeGateway.Drivers;

namespace EdgeGateway.Tests.Config;

public sealed class ScalingLimitTests
{
    [Theory]
    [InlineData("999999999.999999999", true)]
    [InlineData("123456789.123456789012", false)]
    [InlineData("1000000000", false)]
    [InlineData("0.000000000001", true)]
    [InlineData("0.0000000000001", false)]
    public void A_factor_is_accepted_exactly_when_its_digits_fit_a_mantissa(string text, bool isAccepted)
    {
        var factor = decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(isAccepted, Scaling.Accepts(factor));
        if (isAccepted) Assert.False(new Scaling(factor, factor).IsIdentity);
    }

    [Fact]
    public void A_sum_beyond_128_bits_is_refused_and_does_not_wrap()
    {
        var scaling = new Scaling(999_999_999m, 0.000000000001m);
        scaling.Apply(SampleValue.OfExact(long.MaxValue), out var quality);
        Assert.Equal(Quality.NotRepresentable, quality);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(-100)]
    public void An_exponent_out_of_range_is_refused_and_does_not_wrap(sbyte exponent)
    {
        new Scaling(1.5m, 0.5m).Apply(SampleValue.OfExact(1, exponent), out var quality);
        Assert.Equal(Quality.NotRepresentable, quality);
    }

    [Fact]
    public void Offsets_add_exactly()
    {
        var value = new Scaling(0.10m, -40.5m).Apply(SampleValue.OfExact(1230), out var quality);
        Assert.Equal((SampleValue.OfExact(8250, -2), Quality.Good), (value, quality));
    }
}
