using EdgeGateway.Drivers.Dlt645;
using EdgeGateway.PlantSimulator;
using FsCheck.Xunit;

namespace EdgeGateway.Drivers.Tests.Dlt645;

public sealed class ItemFormatTests
{
    [Theory]
    [InlineData("XXX.X", false, "2301", "2301e-1")]
    [InlineData("XXXXXX.XX", false, "99999999", "99999999e-2")]
    [InlineData("XX.XXXX", true, "801234", "-1234e-4")]
    [InlineData("XX.XXXX", false, "801234", "801234e-4")]
    [InlineData("XX.XXXX", true, "800000", "0e-4")] // minus zero
    [InlineData("XX.XXXX", true, "F99999", "-799999e-4")]
    [InlineData("XX.XXXX", true, "FA9999", "NotANumber")]
    [InlineData("XXX.X", false, "23A1", "NotANumber")]
    [InlineData("XXX.X", false, "2F01", "NotANumber")]
    [InlineData("XXX.X", false, "FFFF", "NotANumber")]
    [InlineData("XXX.X", false, "EEEE", "NotANumber")]
    [InlineData("XXXXXXXXXXXXXXXXXX", false, "999999999999999999", "999999999999999999e0")]
    [InlineData("HHHH", false, "FFFE", "65534e0")]
    [InlineData("HHHHHHHHHHHHHH", false, "FFFFFFFFFFFFFF", "72057594037927935e0")]
    [InlineData("NNNNNNNNNNNN", false, "000012345678", "000012345678")]
    [InlineData("NNNN", false, "00A0", "NotANumber")]
    [InlineData("YYMMDDWW", false, "26112301", "26-11-23 01")]
    [InlineData("hhmmss", false, "110538", "11:05:38")]
    [InlineData("YYMMDDhhmm", false, "2611231105", "26-11-23 11:05")]
    [InlineData("YYMMDDhhmmss", false, "261123110538", "26-11-23 11:05:38")]
    [InlineData("DDhh", false, "0123", "01 23")]
    public void Bytes_are_read_by_their_format(string format, bool isSigned, string highestFirst, string expected)
    {
        var parsed = ItemFormat.Parse(format, isSigned)!;
        byte[] bytes = [.. Convert.FromHexString(highestFirst).Reverse()];
        Assert.Equal(bytes.Length, parsed.Bytes);
        Assert.Equal(expected, MeterBench.Text([parsed.Kind is ItemKind.Digits or ItemKind.Time ? parsed.Words(bytes) : parsed.Number(bytes)]));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("X", false)]
    [InlineData("XXX", false)]
    [InlineData("XXX.", false)]
    [InlineData(".XXXX", false)]
    [InlineData("X.X.XX", false)]
    [InlineData("XXNN", false)]
    [InlineData("NN.NN", false)]
    [InlineData("HHHH", true)]
    [InlineData("NNNN", true)]
    [InlineData("YYMM", true)]
    [InlineData("YYQQ", false)]
    [InlineData("xxxx", false)]
    [InlineData("XXXXXXXXXXXXXXXXXXXX", false)]
    [InlineData("HHHHHHHHHHHHHHHH", false)]
    public void What_is_no_format_is_refused(string format, bool isSigned) => Assert.Null(ItemFormat.Parse(format, isSigned));

    [Property]
    public void What_the_simulator_writes_is_read_digit_for_digit(byte width, byte decimals, bool isSigned, long seed)
    {
        var bytes = 1 + width % 8;
        var point = decimals % (2 * bytes);
        var text = new string('X', 2 * bytes);
        if (point > 0) text = text.Insert(2 * bytes - point, ".");
        var most = (long)Math.Pow(10, 2 * bytes - 1) * (isSigned ? 8 : 10);
        var number = Math.Abs(seed % most) * (isSigned && (seed & 1) == 1 ? -1 : 1);
        var item = new MeterItem { Names = ["s"], Format = text, IsSigned = isSigned, Waveform = Waveform.Constant(0) };
        var wire = new byte[item.Width];
        item.Write(wire, number, "");

        Assert.Equal(new Sample(SampleValue.OfExact(number, (sbyte)-point), Quality.Good), ItemFormat.Parse(text, isSigned)!.Number(wire));
    }

    [Property]
    public void A_digit_over_nine_is_never_a_number(byte[] bytes, byte at, bool isSigned)
    {
        if (bytes.Length is 0 or > 9) return;
        var format = ItemFormat.Parse(new string('X', 2 * bytes.Length), isSigned)!;
        bytes[at % bytes.Length] = (byte)(bytes[at % bytes.Length] & 0xF0 | 0x0A);

        Assert.Equal(Quality.NotANumber, format.Number(bytes).Quality);
    }
}
