using System.Globalization;
using System.Text;
using System.Text.Json;
using EdgeGateway.Evidence;
using FsCheck;
using FsCheck.Xunit;

namespace EdgeGateway.Tests.Evidence;

public class Utf8BufferTests
{
    [Property(MaxTest = 1000)]
    public void A_decimal_is_written_with_every_digit_of_the_device(long mantissa, byte places)
    {
        var scale = places % 29;
        var value = Math.Abs((decimal)mantissa);
        var expected = new decimal(decimal.GetBits(value)[0], decimal.GetBits(value)[1], 0, mantissa < 0, (byte)scale);
        var written = Written(buffer => buffer.Decimal(mantissa, -scale));
        Assert.Equal(expected.ToString("F" + scale, CultureInfo.InvariantCulture), written);
        Assert.Equal(expected, decimal.Parse(written, CultureInfo.InvariantCulture));
    }

    [Property]
    public void A_decimal_with_a_positive_exponent_gets_its_zeros(int mantissa, byte exponent) => Assert.Equal(
        (new System.Numerics.BigInteger(mantissa) * System.Numerics.BigInteger.Pow(10, exponent % 20)).ToString(CultureInfo.InvariantCulture),
        Written(buffer => buffer.Decimal(mantissa, exponent % 20)));

    [Theory]
    [InlineData(1230, -2, "12.30")]
    [InlineData(5, -3, "0.005")]
    [InlineData(-5, -1, "-0.5")]
    [InlineData(0, -2, "0.00")]
    [InlineData(0, 3, "0")]
    [InlineData(long.MinValue, -19, "-0.9223372036854775808")]
    [InlineData(long.MinValue, 0, "-9223372036854775808")]
    public void A_decimal_at_the_edges(long mantissa, int exponent, string expected) =>
        Assert.Equal(expected, Written(buffer => buffer.Decimal(mantissa, exponent)));

    [Property(MaxTest = 1000)]
    public void A_double_reads_back_to_the_same_bits(long bits)
    {
        var number = BitConverter.Int64BitsToDouble(bits);
        if (!double.IsFinite(number)) return;
        var written = Written(buffer => buffer.Float(number));
        Assert.Equal(bits, BitConverter.DoubleToInt64Bits(double.Parse(written, CultureInfo.InvariantCulture)));
        Assert.Equal(JsonValueKind.Number, JsonElement.Parse(written).ValueKind);
    }

    [Property(MaxTest = 1000)]
    public void A_float_reads_back_to_the_same_bits(int bits)
    {
        var number = BitConverter.Int32BitsToSingle(bits);
        if (!float.IsFinite(number)) return;
        var written = Written(buffer => buffer.Float(number));
        Assert.Equal(bits, BitConverter.SingleToInt32Bits(float.Parse(written, CultureInfo.InvariantCulture)));
        Assert.Equal(JsonValueKind.Number, JsonElement.Parse(written).ValueKind);
    }

    [Property]
    public void Text_reads_back_from_its_json_string(NonNull<string> text)
    {
        if (text.Get.Any(char.IsSurrogate)) return;
        Assert.Equal(text.Get, JsonElement.Parse(Written(buffer => buffer.Quoted(text.Get))).GetString());
    }

    [Fact]
    public void Text_longer_than_any_buffer_reads_back()
    {
        var text = string.Concat(Enumerable.Repeat("烟气\n\"\U0001F3ED", 2_000));
        Assert.Equal(text, JsonElement.Parse(Written(buffer => buffer.Quoted(text))).GetString());
    }

    [Fact]
    public void A_lone_surrogate_of_a_device_stops_nothing_and_is_marked() =>
        Assert.Equal("a\ufffdb\ufffd", JsonElement.Parse(Written(buffer => buffer.Quoted("a\ud800b\udc00"))).GetString());

    private static string Written(Action<Utf8Buffer> write)
    {
        var buffer = new Utf8Buffer(1);
        write(buffer);
        return Encoding.UTF8.GetString(buffer.Written);
    }
}
