using System.Text;
using EdgeGateway.Config;
using EdgeGateway.Config.Import;
using EdgeGateway.Drivers;

namespace EdgeGateway.Tests.Config.Import;

public sealed class PointTableImportTests
{
    private static readonly ImportChoices Nothing = new(DriverCatalog.Find("modbus-tcp")!, "fast", null, null, null);

    [Fact]
    public void A_Chinese_table_with_titles_and_Modicon_addresses_becomes_a_map_without_faults()
    {
        var import = PointTableImport.Read("点表.csv", """
            某厂烟气在线监测系统点表,,,,,,,,
            ,,,,,,,,
            序号,名称,寄存器地址（十进制）,功能码,数据类型,字节序,系数,单位,读写
            1,二氧化硫,40001,03,浮点数,CDAB,1,mg/m³,只读
            2,烟气温度,４０００３,03,有符号16位,,0.1,℃,R
            3,累计流量,40005,03/16,32位无符号整数,ABCD,×0.01,m3,读写
            4,运行,10001,2,布尔,,,,只读
            """, Nothing with { Addresses = AddressBase.Modicon });

        Assert.Equal([], import.Refusals);
        Assert.Equal(
            """
            h0,二氧化硫,,fast,holding,0,float32,CDAB,,,,,mg/m3,,,
            h2,烟气温度,,fast,holding,2,int16,,,,0.1,,°C,,,
            h4,累计流量,,fast,holding,4,uint32,ABCD,,,0.01,,m3,,,
            d0,运行,,fast,discrete,0,,,,,,,,,,
            """.ReplaceLineEndings("\n"), Body(import));
        Assert.Contains("column 3 \"寄存器地址（十进制）\": address with its table in front: 40001 is holding 0 (as you said)", import.Remarks);
        AssertNoFaults(import);
    }

    [Fact]
    public void An_English_table_with_semicolons_and_quotes_becomes_a_map_without_faults()
    {
        var import = PointTableImport.Read("points.csv", """
            Tag Name;Address;Function Code;Data Type;Unit;Min;Max;Comment;Supplier code
            so2;0;4;"float (ABCD)";mg/m3;0;500;"range; as ordered";x
            Stack temperature;2;4;int16;°C;;;;
            door;7;1;;;;;;
            """, Nothing);

        Assert.Equal([], import.Refusals);
        Assert.Equal(
            """
            so2,,,fast,input,0,float32,ABCD,,,,,mg/m3,,0,500
            i2,,Stack temperature,fast,input,2,int16,,,,,,°C,,,
            door,,,fast,coil,7,,,,,,,,,,
            """.ReplaceLineEndings("\n"), Body(import));
        Assert.Contains("column 9 \"Supplier code\": not understood and not used", import.Remarks);
        Assert.Contains("column 2 \"Address\": address, counted from 0 (the addresses themselves show it)", import.Remarks);
        AssertNoFaults(import);
    }

    [Fact]
    public void Nothing_is_guessed_about_where_addresses_begin()
    {
        var import = PointTableImport.Read("t.csv", "name,address,function,type\na,1,3,int16\nb,2,3,int16\n", Nothing);

        Assert.False(import.IsTable);
        Assert.Contains("say --addresses 0, 1 or 40001", Assert.Single(import.Refusals), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0", "holding,1,")]
    [InlineData("1", "holding,0,")]
    public void What_was_said_about_addresses_counts(string addresses, string place)
    {
        var choices = Nothing with { Addresses = addresses == "0" ? AddressBase.Zero : AddressBase.One };

        Assert.Contains(place, Body(PointTableImport.Read("t.csv", "name\taddress\tfunction\ttype\na\t1\t3\tint16\n", choices)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a,0,3,float,,", "no byte order for a float32")]
    [InlineData("a,0,3,float,小端,", "byte order \"小端\" means nothing for sure")]
    [InlineData("a,0,3,float inverse,,", "type \"float inverse\" means nothing for sure")]
    [InlineData("a,0,3,int,,", "type \"int\" means nothing for sure")]
    [InlineData("a,0,3,,,", "type \"\" means nothing for sure")]
    [InlineData("a,0,6,int16,,", "function code \"6\" reads nothing for sure")]
    [InlineData("a,0,3/4,int16,,", "function code \"3/4\" reads nothing for sure")]
    [InlineData("a,0,,int16,,", "nothing says which table")]
    [InlineData("a,x,3,int16,,", "address \"x\"")]
    [InlineData("a,,3,int16,,", "no address")]
    [InlineData("a,65536,3,int16,,", "address \"65536\"")]
    [InlineData("a,65535,3,float,ABCD,", "address \"65535\": expected at most 65534")]
    [InlineData("a,0,3,int16,,/3", "scale \"/3\"")]
    [InlineData("a,0,3,bool,,", "bit is missing")]
    [InlineData("good,1,3,int16,,", "signal good a second time (it stands on line 2)")]
    public void A_row_that_is_not_understood_is_refused_with_its_line(string row, string why)
    {
        var import = PointTableImport.Read("t.csv", $"name,address,fc,type,order,scale\ngood,0,3,int16,,\n{row}\n", Nothing);

        Assert.StartsWith($"t.csv:3: {why}", Assert.Single(import.Refusals), StringComparison.Ordinal);
        Assert.Equal(1, import.Points);
    }

    [Theory]
    [InlineData("W"), InlineData("只写"), InlineData("Write only"), InlineData("WO")]
    public void What_can_only_be_written_is_refused(string access)
    {
        var import = PointTableImport.Read("t.csv", $"name,address,fc,type,access\na,0,3,int16,{access}\n", Nothing);

        Assert.Contains("is not for reading", Assert.Single(import.Refusals), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("int", 2, "int32"), InlineData("整型", 1, "int16"), InlineData("BCD", 2, "bcd32"), InlineData("long", 4, "int64")]
    public void The_number_of_registers_decides_where_a_type_has_two_sizes(string type, int registers, string expected)
    {
        var import = PointTableImport.Read("t.csv", $"name,address,fc,type,registers,order\na,0,3,{type},{registers},ABCD\n", Nothing);

        Assert.Contains($",holding,0,{expected},", Body(import), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("系数", "0.10", "0.10"), InlineData("scale", "x0.1", "0.1"), InlineData("scale", "/100", "0.01"), InlineData("scale", "1/10", "0.1"), InlineData("scale", "÷10", "0.1")]
    [InlineData("小数位", "2", "0.01"), InlineData("decimals", "0", "")]
    public void Scales_are_written_in_many_ways(string column, string text, string scale)
    {
        var import = PointTableImport.Read("t.csv", $"name,address,fc,type,{column}\na,0,3,int16,{text}\n", Nothing);

        Assert.Equal($"a,,,fast,holding,0,int16,,,,{scale},,,,,", Body(import));
    }

    [Fact]
    public void Two_columns_of_one_meaning_are_refused() =>
        Assert.Contains("means the same as another one", Assert.Single(PointTableImport.Read("t.csv", "name,address,地址\na,0,1\n", Nothing).Refusals), StringComparison.Ordinal);

    [Fact]
    public void A_file_without_a_header_is_refused() =>
        Assert.Contains("no header", Assert.Single(PointTableImport.Read("t.csv", "a,b\n1,2\n", Nothing).Refusals), StringComparison.Ordinal);

    private static string Body(PointTableImport import) => string.Join('\n', import.ToMap().TrimEnd('\n').Split('\n').Skip(2));

    /// <summary>What was written passes the checks of a site.</summary>
    private static void AssertNoFaults(PointTableImport import)
    {
        using var site = new SiteOnDisk();
        site.Write("maps/m.csv", Encoding.UTF8.GetBytes(import.ToMap()));
        Assert.Equal([], site.Load().Faults);
    }
}
