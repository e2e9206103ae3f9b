using EdgeGateway.Config;
using EdgeGateway.Drivers;
using FsCheck.Xunit;

namespace EdgeGateway.Tests.Config;

public sealed class ScalingTests
{
    [Theory]
    [InlineData(1230, "0.01", "0", "12.30")]
    [InlineData(-5, "0.001", "0", "-0.005")]
    [InlineData(100, "0.10", "0", "10.00")]
    [InlineData(7, "1", "-50", "-43")]
    [InlineData(650, "0.1", "-40.05", "24.95")]
    [InlineData(3, "100", "0", "300")]
    public void An_integer_keeps_the_digits_its_factor_implies(long raw, string factor, string offset, string expected)
    {
        var scaled = new Scaling(Number(factor), Number(offset)).Apply(SampleValue.OfExact(raw), out var quality);
        Assert.Equal(Quality.Good, quality);
        Assert.Equal(expected, Text(scaled));
    }

    [Property]
    public void It_agrees_with_decimal_arithmetic(int raw, short factor, short offset)
    {
        var (f, o) = (factor / 1000m, offset / 100m);
        var scaled = new Scaling(f, o).Apply(SampleValue.OfExact(raw), out var quality);
        Assert.Equal(Quality.Good, quality);
        Assert.Equal(raw * f + o, Number(Text(scaled)));
    }

    [Fact]
    public void An_overflow_is_a_quality_and_no_number()
    {
        var scaled = new Scaling(1000m, 0m).Apply(SampleValue.OfExact(long.MaxValue), out var quality);
        Assert.Equal((Quality.NotRepresentable, SampleKind.None), (quality, scaled.Kind));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Nan_and_infinity_end_here(float raw)
    {
        var scaled = Scaling.None.Apply(SampleValue.OfBinary32(raw), out var quality);
        Assert.Equal((Quality.NotANumber, SampleKind.None), (quality, scaled.Kind));
    }

    [Fact]
    public void A_float_without_scaling_keeps_its_bits() =>
        Assert.Equal(SampleValue.OfBinary32(12.3f), Scaling.None.Apply(SampleValue.OfBinary32(12.3f), out _));

    private static decimal Number(string text) => decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static string Text(in SampleValue value)
    {
        var buffer = new EdgeGateway.Evidence.Utf8Buffer(64);
        EdgeGateway.Recording.ValueText.Write(buffer, value);
        return System.Text.Encoding.ASCII.GetString(buffer.Written);
    }
}
