using EdgeGateway.Config;
using EdgeGateway.Drivers;

namespace EdgeGateway.Tests.Config;

public sealed class TwoPointSpanTests
{
    [Theory]
    [InlineData("5530..27648 -> 0..750", 5530, 0.0)]
    [InlineData("5530..27648 -> 0..750", 27648, 750.0)]
    [InlineData("5530..27648 -> 0..750", 16589, 375.0)]
    [InlineData("5530..27648->0..750", 5531, 750.0 / 22118)]
    [InlineData("0..27648 -> -5000..5000", 13824, 0.0)]
    [InlineData("0..27648 -> -5000..5000", 0, -5000.0)]
    [InlineData("0..3 -> 0..1", 1, 1.0 / 3)]
    [InlineData("20.5..4.5 -> 0..16", 4, 16.5)]
    [InlineData("0..1 -> 0..999999999", long.MaxValue, (double)long.MaxValue * 999999999)]
    public void A_raw_number_lies_on_the_line(string span, long raw, double value)
    {
        var scaled = new Scaling(TwoPointSpan.Parse(span)!).Apply(SampleValue.OfExact(raw), out var quality);

        Assert.Equal((SampleValue.OfBinary64(value), Quality.Good), (scaled, quality));
    }

    [Fact]
    public void A_float_lies_on_the_line_and_a_NaN_on_none()
    {
        var scaling = new Scaling(TwoPointSpan.Parse("4..20 -> 0..100")!);

        Assert.Equal(SampleValue.OfBinary64(50), scaling.Apply(SampleValue.OfBinary32(12), out _));
        scaling.Apply(SampleValue.OfBinary32(float.NaN), out var quality);
        Assert.Equal(Quality.NotANumber, quality);
    }

    [Theory]
    [InlineData("5..5 -> 0..1"), InlineData("0..1 -> 2..2"), InlineData("0..1"), InlineData("0-1 -> 2-3"), InlineData("0..1 -> 0..1e3")]
    [InlineData("0..1 -> 0..1000000000"), InlineData("0,5..1 -> 0..1")]
    public void What_is_no_line_is_refused(string text) => Assert.Null(TwoPointSpan.Parse(text));
}
