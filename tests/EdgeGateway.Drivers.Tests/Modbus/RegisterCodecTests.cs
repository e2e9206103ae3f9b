using System.Text;
using EdgeGateway.Drivers.Modbus;
using FsCheck.Xunit;

namespace EdgeGateway.Drivers.Tests.Modbus;

public sealed class RegisterCodecTests
{
    private static readonly int[][] FourBytes = [[0, 1, 2, 3], [2, 3, 0, 1], [1, 0, 3, 2], [3, 2, 1, 0]];

    private static readonly int[][] EightBytes =
        [[0, 1, 2, 3, 4, 5, 6, 7], [6, 7, 4, 5, 2, 3, 0, 1], [1, 0, 3, 2, 5, 4, 7, 6], [7, 6, 5, 4, 3, 2, 1, 0]];

    [Theory]
    [InlineData("int16", "ABCD", "FFFE", -2)]
    [InlineData("int16", "BADC", "FEFF", -2)]
    [InlineData("int16", "ABCD", "8000", short.MinValue)]
    [InlineData("uint16", "ABCD", "FFFE", 65534)]
    [InlineData("uint16", "BADC", "3412", 0x1234)]
    [InlineData("int32", "ABCD", "89ABCDEF", unchecked((int)0x89ABCDEF))]
    [InlineData("int32", "CDAB", "CDEF89AB", unchecked((int)0x89ABCDEF))]
    [InlineData("int32", "BADC", "AB89EFCD", unchecked((int)0x89ABCDEF))]
    [InlineData("int32", "DCBA", "EFCDAB89", unchecked((int)0x89ABCDEF))]
    [InlineData("uint32", "ABCD", "89ABCDEF", 0x89ABCDEF)]
    [InlineData("uint32", "CDAB", "CDEF89AB", 0x89ABCDEF)]
    [InlineData("uint32", "BADC", "AB89EFCD", 0x89ABCDEF)]
    [InlineData("uint32", "DCBA", "EFCDAB89", 0x89ABCDEF)]
    [InlineData("int64", "ABCD", "FEDCBA9876543210", unchecked((long)0xFEDCBA9876543210))]
    [InlineData("int64", "CDAB", "32107654BA98FEDC", unchecked((long)0xFEDCBA9876543210))]
    [InlineData("int64", "BADC", "DCFE98BA54761032", unchecked((long)0xFEDCBA9876543210))]
    [InlineData("int64", "DCBA", "1032547698BADCFE", unchecked((long)0xFEDCBA9876543210))]
    [InlineData("uint64", "ABCD", "0123456789ABCDEF", 0x0123456789ABCDEF)]
    [InlineData("uint64", "CDAB", "CDEF89AB45670123", 0x0123456789ABCDEF)]
    [InlineData("uint64", "BADC", "23016745AB89EFCD", 0x0123456789ABCDEF)]
    [InlineData("uint64", "DCBA", "EFCDAB8967452301", 0x0123456789ABCDEF)]
    [InlineData("uint64", "ABCD", "7FFFFFFFFFFFFFFF", long.MaxValue)]
    [InlineData("bcd16", "ABCD", "1234", 1234)]
    [InlineData("bcd16", "BADC", "3412", 1234)]
    [InlineData("bcd16", "ABCD", "9999", 9999)]
    [InlineData("bcd32", "ABCD", "12345678", 12345678)]
    [InlineData("bcd32", "CDAB", "56781234", 12345678)]
    [InlineData("bcd32", "BADC", "34127856", 12345678)]
    [InlineData("bcd32", "DCBA", "78563412", 12345678)]
    public void A_whole_number_is_exact(string type, string order, string wire, long value) =>
        Assert.Equal(new Sample(SampleValue.OfExact(value), Quality.Good), Read(type, order, wire));

    [Theory]
    [InlineData("ABCD", "42F6E979")]
    [InlineData("CDAB", "E97942F6")]
    [InlineData("BADC", "F64279E9")]
    [InlineData("DCBA", "79E9F642")]
    public void A_float32_keeps_its_bits(string order, string wire) =>
        Assert.Equal(new Sample(SampleValue.OfBinary32(123.456f), Quality.Good), Read("float32", order, wire));

    [Theory]
    [InlineData("ABCD", "405EDD2F1A9FBE77")]
    [InlineData("CDAB", "BE771A9FDD2F405E")]
    [InlineData("BADC", "5E402FDD9F1A77BE")]
    [InlineData("DCBA", "77BE9F1A2FDD5E40")]
    public void A_float64_keeps_its_bits(string order, string wire) =>
        Assert.Equal(new Sample(SampleValue.OfBinary64(123.456), Quality.Good), Read("float64", order, wire));

    [Theory]
    [InlineData("7FC00000")]
    [InlineData("7F800000")]
    [InlineData("FF800001")]
    [InlineData("80000000")]
    public void Odd_floats_are_passed_on_with_their_bits(string wire)
    {
        var sample = Read("float32", "ABCD", wire);

        Assert.Equal(Quality.Good, sample.Quality);
        Assert.Equal(wire, BitConverter.SingleToUInt32Bits(sample.Value.AsBinary32).ToString("X8", null));
    }

    [Theory]
    [InlineData("uint64", "8000000000000000", Quality.NotRepresentable)]
    [InlineData("uint64", "FFFFFFFFFFFFFFFF", Quality.NotRepresentable)]
    [InlineData("bcd16", "123A", Quality.NotANumber)]
    [InlineData("bcd16", "F000", Quality.NotANumber)]
    [InlineData("bcd32", "00A00000", Quality.NotANumber)]
    public void What_is_no_number_has_no_value(string type, string wire, Quality quality) =>
        Assert.Equal(Sample.None(quality), Read(type, "ABCD", wire));

    [Theory]
    [InlineData("GA700", "ABCD", "4741373030000000")]
    [InlineData("GA700", "BADC", "4147303700300000")]
    [InlineData("GA700", "ABCD", "4741373030202020")]
    [InlineData("GA700", "ABCD", "4741373030002A2A")]
    [InlineData("", "ABCD", "0000000000000000")]
    [InlineData("烟气", "ABCD", "E7839FE6B0940000")]
    [InlineData("a b", "ABCD", "6120622000000000")]
    public void Text_ends_at_a_NUL_and_loses_trailing_spaces(string text, string order, string wire)
    {
        var laid = new byte[8];
        RegisterText.Lay(Order(order), Convert.FromHexString(wire), laid);

        Assert.Equal(new Sample(SampleValue.OfText(text), Quality.Good), RegisterText.Characters(laid));
    }

    [Theory]
    [InlineData("FFFF")]
    [InlineData("4107")]
    [InlineData("410A")]
    [InlineData("7F41")]
    [InlineData("E783")]
    [InlineData("C285")]
    public void What_is_no_text_has_no_value(string wire) =>
        Assert.Equal(Sample.None(Quality.NotANumber), RegisterText.Characters(Convert.FromHexString(wire)));

    [Fact]
    public void Text_of_an_odd_length_leaves_the_last_byte_alone()
    {
        var cell = new TextCell(RegisterType.Text, 3, WordOrder.BigEndian);

        Assert.Equal("abc", cell.Read("abcX"u8).Value.AsText);
        Assert.Equal("bad", new TextCell(RegisterType.Text, 3, WordOrder.ByteSwap).Read("abXd"u8).Value.AsText);
    }

    [Fact]
    public void The_same_bytes_give_the_same_string_and_other_bytes_another()
    {
        var cell = new TextCell(RegisterType.Text, 4, WordOrder.BigEndian);
        var first = cell.Read("run "u8).Value.AsText;

        Assert.Same(first, cell.Read("run "u8).Value.AsText);
        Assert.Equal("stop", cell.Read("stop"u8).Value.AsText);
        Assert.Equal(Quality.NotANumber, cell.Read([0xFF, 0xFF, 0xFF, 0xFF]).Quality);
        Assert.Equal("run", cell.Read("run "u8).Value.AsText);
    }

    [Fact]
    public void Sixteen_bits_of_a_register_count_from_the_least_significant()
    {
        for (var bit = 0; bit < 16; bit++)
            Assert.Equal(bit is 0 or 9 or 15 ? 1 : 0, RegisterCodec.Bit([0x82, 0x01], bit).Value.Mantissa);
    }

    [Fact]
    public void Coils_count_from_the_least_significant_bit_of_the_first_byte()
    {
        // The answer of the example in Application Protocol V1.1b3, 6.1: coils 20 to 38 are CD 6B 05.
        byte[] packed = [0xCD, 0x6B, 0x05];
        var bits = string.Concat(Enumerable.Range(0, 19).Select(i => RegisterCodec.Coil(packed, i).Value.Mantissa));

        Assert.Equal("1011001111010110101", bits);
    }

    [Property]
    public void Every_order_of_32_bits_reads_back(uint bits)
    {
        for (var order = 0; order < 4; order++)
        {
            var wire = Lay(BitConverter.GetBytes(bits), FourBytes[order]);
            Assert.Equal(SampleValue.OfExact(bits), RegisterCodec.Number(RegisterType.UInt32, (WordOrder)order, wire).Value);
            Assert.Equal(SampleValue.OfExact((int)bits), RegisterCodec.Number(RegisterType.Int32, (WordOrder)order, wire).Value);
            Assert.Equal(SampleValue.OfBinary32(BitConverter.UInt32BitsToSingle(bits)),
                RegisterCodec.Number(RegisterType.Float32, (WordOrder)order, wire).Value);
        }
    }

    [Property]
    public void Every_order_of_64_bits_reads_back(ulong high, uint low)
    {
        var bits = high << 32 ^ low ^ high;
        for (var order = 0; order < 4; order++)
        {
            var wire = Lay(BitConverter.GetBytes(bits), EightBytes[order]);
            Assert.Equal(SampleValue.OfExact((long)bits), RegisterCodec.Number(RegisterType.Int64, (WordOrder)order, wire).Value);
            Assert.Equal(bits > long.MaxValue ? Sample.None(Quality.NotRepresentable) : new Sample(SampleValue.OfExact((long)bits), Quality.Good),
                RegisterCodec.Number(RegisterType.UInt64, (WordOrder)order, wire));
            Assert.Equal(SampleValue.OfBinary64(BitConverter.UInt64BitsToDouble(bits)),
                RegisterCodec.Number(RegisterType.Float64, (WordOrder)order, wire).Value);
        }
    }

    [Property]
    public void Every_bcd_number_reads_back(uint number)
    {
        number %= 100_000_000;
        var wire = Convert.FromHexString(number.ToString("D8", null));
        for (var order = 0; order < 4; order++)
            Assert.Equal(SampleValue.OfExact(number),
                RegisterCodec.Number(RegisterType.Bcd32, (WordOrder)order, [.. FourBytes[order].Select(i => wire[i])]).Value);
    }

    [Property]
    public void Printable_text_reads_back(string? text)
    {
        var printable = new string([.. (text ?? "").Where(c => !char.IsControl(c) && !char.IsSurrogate(c)).Take(40)]).TrimEnd(' ');
        var wire = new byte[120];
        Encoding.UTF8.GetBytes(printable, wire);

        Assert.Equal(printable, RegisterText.Characters(wire).Value.AsText);
    }

    private static byte[] Lay(byte[] littleEndian, int[] order)
    {
        Array.Reverse(littleEndian);
        return [.. order.Select(i => littleEndian[i])];
    }

    private static WordOrder Order(string name) => (WordOrder)Array.IndexOf(["ABCD", "CDAB", "BADC", "DCBA"], name);

    private static Sample Read(string type, string order, string wire) =>
        RegisterCodec.Number(Enum.Parse<RegisterType>(type, ignoreCase: true), Order(order), Convert.FromHexString(wire));
}
