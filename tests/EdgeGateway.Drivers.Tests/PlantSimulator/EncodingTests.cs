using System.Globalization;
using EdgeGateway.PlantSimulator;

namespace EdgeGateway.Drivers.Tests.PlantSimulator;

/// <summary>Bytes worked out by hand from the definitions of the types and orders.</summary>
public sealed class EncodingTests
{
    [Theory]
    [InlineData("Int16", "ABCD", "-2", "FFFE")]
    [InlineData("Int16", "CDAB", "-2", "FFFE")]
    [InlineData("Int16", "BADC", "-2", "FEFF")]
    [InlineData("Int16", "DCBA", "-2", "FEFF")]
    [InlineData("Int16", "ABCD", "-32768", "8000")]
    [InlineData("UInt16", "ABCD", "4660", "1234")]
    [InlineData("UInt16", "CDAB", "4660", "1234")]
    [InlineData("UInt16", "BADC", "4660", "3412")]
    [InlineData("UInt16", "DCBA", "4660", "3412")]
    [InlineData("UInt16", "ABCD", "65535", "FFFF")]
    [InlineData("Int32", "ABCD", "305419896", "12345678")]
    [InlineData("Int32", "CDAB", "305419896", "56781234")]
    [InlineData("Int32", "BADC", "305419896", "34127856")]
    [InlineData("Int32", "DCBA", "305419896", "78563412")]
    [InlineData("Int32", "CDAB", "-2", "FFFEFFFF")]
    [InlineData("UInt32", "ABCD", "4023233417", "EFCDAB89")]
    [InlineData("UInt32", "CDAB", "4023233417", "AB89EFCD")]
    [InlineData("UInt32", "BADC", "4023233417", "CDEF89AB")]
    [InlineData("UInt32", "DCBA", "4023233417", "89ABCDEF")]
    [InlineData("Int64", "ABCD", "81985529216486895", "0123456789ABCDEF")]
    [InlineData("Int64", "CDAB", "81985529216486895", "CDEF89AB45670123")]
    [InlineData("Int64", "BADC", "81985529216486895", "23016745AB89EFCD")]
    [InlineData("Int64", "DCBA", "81985529216486895", "EFCDAB8967452301")]
    [InlineData("Int64", "ABCD", "-9223372036854775808", "8000000000000000")]
    [InlineData("UInt64", "ABCD", "18364758544493064720", "FEDCBA9876543210")]
    [InlineData("UInt64", "CDAB", "18364758544493064720", "32107654BA98FEDC")]
    [InlineData("UInt64", "BADC", "18364758544493064720", "DCFE98BA54761032")]
    [InlineData("UInt64", "DCBA", "18364758544493064720", "1032547698BADCFE")]
    [InlineData("Float32", "ABCD", "-123.456", "C2F6E979")]
    [InlineData("Float32", "CDAB", "-123.456", "E979C2F6")]
    [InlineData("Float32", "BADC", "-123.456", "F6C279E9")]
    [InlineData("Float32", "DCBA", "-123.456", "79E9F6C2")]
    [InlineData("Float64", "ABCD", "123.456", "405EDD2F1A9FBE77")]
    [InlineData("Float64", "CDAB", "123.456", "BE771A9FDD2F405E")]
    [InlineData("Float64", "BADC", "123.456", "5E402FDD9F1A77BE")]
    [InlineData("Float64", "DCBA", "123.456", "77BE9F1A2FDD5E40")]
    [InlineData("Bcd16", "ABCD", "1234", "1234")]
    [InlineData("Bcd16", "CDAB", "1234", "1234")]
    [InlineData("Bcd16", "BADC", "1234", "3412")]
    [InlineData("Bcd16", "DCBA", "1234", "3412")]
    [InlineData("Bcd32", "ABCD", "12345678", "12345678")]
    [InlineData("Bcd32", "CDAB", "12345678", "56781234")]
    [InlineData("Bcd32", "BADC", "12345678", "34127856")]
    [InlineData("Bcd32", "DCBA", "12345678", "78563412")]
    [InlineData("Bcd32", "ABCD", "70", "00000070")]
    [InlineData("Bcd64", "ABCD", "1234567890123456", "1234567890123456")]
    [InlineData("Bcd64", "CDABGHEF", "1234567890123456", "5678123434569012")]
    [InlineData("UInt64", "CDABGHEF", "81985529216486895", "45670123CDEF89AB")]
    [InlineData("UInt64", "EFGHABCD", "81985529216486895", "89ABCDEF01234567")]
    [InlineData("Float64", "EFGHABCD", "123.456", "1A9FBE77405EDD2F")]
    [InlineData("SignMagnitude16", "ABCD", "-5", "8005")]
    [InlineData("SignMagnitude16", "BADC", "5", "0500")]
    [InlineData("Mod10K32", "ABCD", "12345678", "04D2162E")] // 1234 and 5678
    [InlineData("Mod10K32", "CDAB", "12345678", "162E04D2")]
    [InlineData("Mod10K48", "ABCD", "-100000001", "FFFF0000FFFF")] // -1, 0 and -1
    [InlineData("Mod10K64", "ABCD", "-9999", "000000000000D8F1")]
    [InlineData("Float16", "ABCD", "-2", "C000")]
    [InlineData("Float16", "BADC", "1", "003C")]
    [InlineData("Int8High", "ABCD", "-2", "FE00")]
    [InlineData("UInt8Low", "ABCD", "254", "00FE")]
    public async Task A_number_stands_in_the_registers_as_its_type_and_order_say(string type, string order, string number, string bytes)
    {
        var value = Waveform.Constant(decimal.Parse(number, CultureInfo.InvariantCulture));
        await using var bench = await Bench.With(Bench.Holding("x", 100, Enum.Parse<PointType>(type), value, Enum.Parse<WordOrder>(order)));
        Assert.Equal(bytes, Convert.ToHexString(await bench.Master.Registers(100, (ushort)(bytes.Length / 4))));
    }

    [Theory]
    [InlineData("ABCD", "414243000000")]
    [InlineData("CDAB", "414243000000")]
    [InlineData("BADC", "424100430000")]
    [InlineData("DCBA", "424100430000")]
    public async Task Text_keeps_its_registers_in_reading_order(string order, string bytes)
    {
        var point = Bench.Holding("x", 0, PointType.String, Waveform.Text("ABC"), Enum.Parse<WordOrder>(order)) with { Length = 6 };
        await using var bench = await Bench.With(point);
        Assert.Equal(bytes, Convert.ToHexString(await bench.Master.Registers(0, 3)));
    }

    [Theory]
    [InlineData("Ascii", "ABCD", "ABC", "414243000000")]
    [InlineData("Ascii", "BADC", "ABC", "424100430000")]
    [InlineData("String", "ABCD", "°C", "C2B043000000")]
    [InlineData("Gbk", "ABCD", "运行", "D4CBD0D00000")]
    [InlineData("HighCharacters", "ABCD", "AB", "410042000000000000000000")]
    [InlineData("LowCharacters", "ABCD", "AB", "004100420000000000000000")]
    [InlineData("LowCharacters", "BADC", "AB", "410042000000000000000000")]
    public async Task Characters_stand_in_the_registers_as_their_type_says(string type, string order, string text, string bytes)
    {
        var point = Bench.Holding("x", 0, Enum.Parse<PointType>(type), Waveform.Text(text), Enum.Parse<WordOrder>(order)) with { Length = 6 };
        await using var bench = await Bench.With(point);
        Assert.Equal(bytes, Convert.ToHexString(await bench.Master.Registers(0, (ushort)(bytes.Length / 4))));
        Assert.Equal(text, Assert.Single(bench.Ledger.For("dev", "x")).Text);
    }

    // The bench's clock stands at 2026-03-01 08:00:00, a Sunday.
    [Theory]
    [InlineData("BcdTime", "ABCD", "260301080005", "2026-03-01T08:00:05")]
    [InlineData("BcdTime", "BADC", "032608010500", "2026-03-01T08:00:05")]
    [InlineData("SixWordTime", "ABCD", "07EA00030001000800000005", "2026-03-01T08:00:05")]
    [InlineData("Iec870Time", "ABCD", "001A03E1080013C4", "2026-03-01T08:00:05.060")]
    [InlineData("UnixTime", "ABCD", "69A3F205", "2026-03-01T08:00:05Z")]
    [InlineData("UnixTime", "CDAB", "F20569A3", "2026-03-01T08:00:05Z")]
    public async Task A_devices_clock_stands_in_the_registers_as_its_type_says(string type, string order, string bytes, string text)
    {
        await using var bench = await Bench.With(Bench.Holding("x", 0, Enum.Parse<PointType>(type), Waveform.Constant(0), Enum.Parse<WordOrder>(order)));
        bench.Time.Advance(TimeSpan.FromMilliseconds(5060));
        Assert.Equal(bytes, Convert.ToHexString(await bench.Master.Registers(0, (ushort)(bytes.Length / 4))));
        Assert.Equal(text, Assert.Single(bench.Ledger.For("dev", "x")).Text);
    }

    [Fact]
    public async Task Fields_and_bytes_of_one_register_stand_beside_each_other_and_the_registers_as_they_are_tell_all()
    {
        var field = Bench.Holding("field", 0, PointType.UInt32, Waveform.Constant(5), WordOrder.CDAB) with { Bit = 12, FieldBits = 8 };
        var low = Bench.Holding("low", 0, PointType.UInt8Low, Waveform.Constant(0x12));
        var raw = Bench.Holding("raw", 0, PointType.Raw, Waveform.Constant(0)) with { Length = 4 };
        await using var bench = await Bench.With(field, low, raw);
        // Bits 12 to 19 of a number whose low word comes first: 5 is bit 12 and bit 14 there.
        Assert.Equal("50120000", Convert.ToHexString(await bench.Master.Registers(0, 2)));
        Assert.Equal(["5", "18", "50120000"], new[] { "field", "low", "raw" }.Select(name => Assert.Single(bench.Ledger.For("dev", name)).Expected));
    }

    [Theory]
    [InlineData("12.34", "0.01", "0", "04D2")] // raw 1234
    [InlineData("20", "0.5", "-100", "00F0")] // raw 240
    [InlineData("-3", "-1", "0", "0003")]
    public async Task The_registers_hold_the_engineering_value_less_offset_over_scale(string value, string scale, string offset, string bytes)
    {
        var point = Bench.Holding("x", 0, PointType.Int16, Waveform.Constant(Parse(value))) with { Scale = Parse(scale), Offset = Parse(offset) };
        await using var bench = await Bench.With(point);
        Assert.Equal(bytes, Convert.ToHexString(await bench.Master.Registers(0, 1)));
        Assert.Equal(Parse(value), Assert.Single(bench.Ledger.For("dev", "x")).Exact);
    }

    [Fact]
    public async Task Bits_of_one_register_stand_beside_each_other()
    {
        await using var bench = await Bench.With(Bit("low", 0, 1), Bit("middle", 7, 0), Bit("high", 15, 1));
        Assert.Equal("8001", Convert.ToHexString(await bench.Master.Registers(40, 1)));
        Assert.Equal(["1"], bench.Ledger.For("dev", "high").Select(served => served.Expected));
        Assert.Equal(["0"], bench.Ledger.For("dev", "middle").Select(served => served.Expected));

        static SimulatedPoint Bit(string name, int bit, decimal value) => Bench.Holding(name, 40, PointType.Bool, Waveform.Constant(value)) with { Bit = bit };
    }

    [Fact]
    public async Task A_bit_that_is_read_out_of_a_number_is_that_numbers_bit()
    {
        var whole = Bench.Holding("state", 40, PointType.UInt16, Waveform.Ramp(0, 9, 1));
        var bit = Bench.Holding("bit1", 40, PointType.Bool, Waveform.Toggle()) with { Bit = 1 };
        await using var bench = await Bench.With(bit, whole);
        for (var i = 0; i < 6; i++) await bench.Master.Registers(40, 1);
        Assert.Equal(["0", "1", "2", "3", "4", "5"], bench.Ledger.For("dev", "state").Select(served => served.Expected));
        Assert.Equal(["0", "0", "1", "1", "0", "0"], bench.Ledger.For("dev", "bit1").Select(served => served.Expected));
    }

    [Fact]
    public async Task A_bit_of_a_wide_numbers_low_word_moves_with_it()
    {
        var whole = Bench.Holding("state", 40, PointType.UInt32, Waveform.Ramp(0, 9, 1));
        var bit = Bench.Holding("bit0", 41, PointType.Bool, Waveform.Toggle());
        await using var bench = await Bench.With(bit, whole);
        for (var i = 0; i < 4; i++) await bench.Master.Registers(40, 2);
        Assert.Equal(["0", "1", "0", "1"], bench.Ledger.For("dev", "bit0").Select(served => served.Expected));
    }

    [Theory]
    [InlineData(1, "Coil")]
    [InlineData(2, "Discrete")]
    public async Task Single_bits_are_packed_from_the_lowest(byte function, string area)
    {
        int[] ones = [10, 12, 19];
        var points = Enumerable.Range(10, 10).Select(address => new SimulatedPoint
        {
            Name = $"b{address}",
            Area = Enum.Parse<PointArea>(area),
            Address = address,
            Type = PointType.Bool,
            Waveform = Waveform.Constant(ones.Contains(address) ? 1 : 0),
        });
        await using var bench = await Bench.With([.. points]);
        Assert.Equal($"{function:X2}020502", await bench.Master.Pdu(function, 10, 10));
        Assert.Equal($"{function:X2}0102", await bench.Master.Pdu(function, 11, 2));
    }

    [Fact]
    public async Task Input_registers_are_another_table_than_holding_registers()
    {
        var holding = Bench.Holding("h", 0, PointType.UInt16, Waveform.Constant(1));
        await using var bench = await Bench.With(holding, holding with { Name = "i", Area = PointArea.Input, Waveform = Waveform.Constant(2) });
        Assert.Equal("03020001", await bench.Master.Pdu(3, 0, 1));
        Assert.Equal("04020002", await bench.Master.Pdu(4, 0, 1));
    }

    private static decimal Parse(string number) => decimal.Parse(number, CultureInfo.InvariantCulture);
}
