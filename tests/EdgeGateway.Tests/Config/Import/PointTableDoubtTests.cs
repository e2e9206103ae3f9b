using EdgeGateway.Config.Import;
using EdgeGateway.Drivers;

namespace EdgeGateway.Tests.Config.Import;

/// <summary>Tables that contradict themselves, or say less than they seem to.</summary>
public sealed class PointTableDoubtTests
{
    private static readonly ImportChoices Nothing = new(DriverCatalog.Find("modbus-tcp")!, "fast", null, null, null);
    private static readonly ImportChoices FromZero = Nothing with { Addresses = AddressBase.Zero };

    [Theory]
    [InlineData("float"), InlineData("double")]
    public void Decimals_of_a_floating_point_number_do_not_become_a_scale(string type)
    {
        var import = PointTableImport.Read("t.csv", $"name,address,fc,type,order,decimals\na,0,3,{type},ABCD,2\nb,4,3,{type},ABCD,0\n", Nothing);

        Assert.Contains("is the register scaled, or is this how it is shown?", Assert.Single(import.Refusals), StringComparison.Ordinal);
        Assert.Equal($"b,,,fast,holding,4,float{(type == "float" ? 32 : 64)},ABCD,,,,,,,,", Body(import));
    }

    [Theory]
    [InlineData("寄存器地址（十六进制）"), InlineData("Address (hex)")]
    public void Addresses_under_a_hexadecimal_header_are_hexadecimal(string header)
    {
        var import = PointTableImport.Read("t.csv", $"name,{header},fc,type\na,0010,3,int16\nb,1F,3,int16\n", FromZero);

        Assert.Equal([], import.Refusals);
        Assert.Equal("a,,,fast,holding,16,int16,,,,,,,,,\nb,,,fast,holding,31,int16,,,,,,,,,", Body(import));
    }

    [Theory]
    [InlineData("地址（十进制）"), InlineData("Address (dec)"), InlineData("address")]
    public void Addresses_under_other_headers_are_decimal(string header) =>
        Assert.Equal("a,,,fast,holding,10,int16,,,,,,,,,", Body(PointTableImport.Read("t.csv", $"name,{header},fc,type\na,0010,3,int16\n", FromZero)));

    [Fact]
    public void Hexadecimal_addresses_have_no_table_in_front()
    {
        var import = PointTableImport.Read("t.csv", "name,address (hex),type\na,40001,int16\n", Nothing with { Addresses = AddressBase.Modicon });

        Assert.False(import.IsTable);
        Assert.Contains("the header says that addresses are hexadecimal", Assert.Single(import.Refusals), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("长度（字节）"), InlineData("Length (bytes)")]
    public void A_length_in_bytes_is_half_as_many_registers(string header)
    {
        var import = PointTableImport.Read("t.csv", $"name,address,fc,type,{header}\na,0,3,int,2\nb,1,3,int,3\n", Nothing);

        Assert.Contains("t.csv:3: length \"3\": expected a whole number of bytes, two for a register", Assert.Single(import.Refusals), StringComparison.Ordinal);
        Assert.Equal("a,,,fast,holding,0,int16,,,,,,,,,", Body(import));
    }

    [Theory]
    [InlineData("address (octal)", "length"), InlineData("地址（偏移）", "length"), InlineData("address", "length (bits)"), InlineData("address", "长度（位）")]
    public void Anything_else_in_parentheses_behind_an_address_or_a_length_refuses_the_table(string address, string length)
    {
        var import = PointTableImport.Read("t.csv", $"name,{address},fc,type,{length}\na,0,3,int16,1\n", FromZero);

        Assert.False(import.IsTable);
        Assert.Contains("what stands in parentheses is not known", Assert.Single(import.Refusals), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("uint16"), InlineData("word"), InlineData("int16"), InlineData("bool")]
    public void A_bit_of_a_word_is_that_bit(string type) =>
        Assert.Equal("a,,,fast,holding,0,bool,,3,,,,,,,", Body(PointTableImport.Read("t.csv", $"name,address,fc,type,bit\na,0,3,{type},3\n", Nothing)));

    [Theory]
    [InlineData("a,0,3,uint32,ABCD,3,,", "bit 3 of type \"uint32\"")]
    [InlineData("a,0,1,bool,,3,,", "bit 3 in coil")]
    [InlineData("a,0,3,float,ABCD,,4,", "type \"float\" has 2 registers, and length \"4\" is 4")]
    [InlineData("a,0,3,word,,,2,", "type \"word\" has 1 registers, and length \"2\" is 2")]
    [InlineData("a,0,3,word,,,one,", "length \"one\"")]
    [InlineData("a,0,1,float,,,,", "type \"float\" in coil")]
    [InlineData("a,0,2,,,,2,", "length 2 in discrete")]
    [InlineData("a,0,3,int16,,,,输入寄存器", "function code \"3\" reads holding, and table \"输入寄存器\" is input")]
    [InlineData("a,0,3,float CDAB,ABCD,,,", "byte order \"CDAB\" beside the type and \"ABCD\" in its column")]
    [InlineData("a,0,3,float,AB,,,", "byte order \"AB\" means nothing for sure for a float32")]
    [InlineData("a,0,3,float,BA,,,", "byte order \"BA\" means nothing for sure for a float32")]
    [InlineData("a,0,3,float,HGFEDCBA,,,", "byte order \"HGFEDCBA\" means nothing for sure for a float32")]
    [InlineData("a,0,3,float DCAB,,,,", "byte order \"DCAB\" beside the type means nothing for sure")]
    public void A_row_that_contradicts_itself_is_refused_with_both_sides(string row, string why)
    {
        var import = PointTableImport.Read("t.csv", $"name,address,fc,type,order,bit,length,table\n{row}\n", FromZero with { Order = "CDAB" });

        Assert.StartsWith($"t.csv:2: {why}", Assert.Single(import.Refusals), StringComparison.Ordinal);
        Assert.Equal(0, import.Points);
    }

    [Theory]
    [InlineData("DCBA", "BADC"), InlineData("BADC", "BADC"), InlineData("BA", "BADC"), InlineData("AB", ""), InlineData("ABCD", ""), InlineData("CDAB", "")]
    public void One_register_has_its_bytes_as_they_are_or_exchanged(string order, string expected) =>
        Assert.Equal($"a,,,fast,holding,0,int16,{expected},,,,,,,,", Body(PointTableImport.Read("t.csv", $"name,address,fc,type,order\na,0,3,int16,{order}\n", Nothing)));

    [Theory]
    [InlineData("b,1,3,\"int16\"x", "quotes that do not fit")]
    [InlineData("b,1,3,\"int16", "quotes that do not fit")]
    [InlineData("b,1,3,int16,0.1", "\"0.1\" in cell 5, which has no column")]
    public void A_line_that_is_not_whole_is_refused_and_not_left_out(string row, string why)
    {
        var import = PointTableImport.Read("t.csv", $"name,address,fc,type\na,0,3,int16\n{row}\nc,2,3,int16\n", Nothing);

        Assert.StartsWith($"t.csv:3: {why}", Assert.Single(import.Refusals), StringComparison.Ordinal);
        Assert.Equal(2, import.Points);
    }

    [Fact]
    public void A_function_code_of_many_digits_is_refused() =>
        Assert.StartsWith("t.csv:2: function code \"30000000000\" reads nothing for sure", Assert.Single(
            PointTableImport.Read("t.csv", "name,address,fc,type\na,0,30000000000,int16\n", Nothing).Refusals), StringComparison.Ordinal);

    [Theory]
    [InlineData("不可读"), InlineData("Reserved"), InlineData("Remote")]
    public void A_word_that_only_holds_one_for_reading_is_refused(string access) =>
        Assert.Contains("is not for reading", Assert.Single(
            PointTableImport.Read("t.csv", $"name,address,fc,type,access\na,0,3,int16,{access}\n", Nothing).Refusals), StringComparison.Ordinal);

    [Theory]
    [InlineData("只读"), InlineData("读/写"), InlineData("可读可写"), InlineData("R"), InlineData("RO"), InlineData("R/W"), InlineData("WR"), InlineData("Read only"), InlineData("read-write")]
    public void What_can_be_read_is_taken(string access) =>
        Assert.Equal(1, PointTableImport.Read("t.csv", $"name,address,fc,type,access\na,0,3,int16,{access}\n", Nothing).Points);

    [Fact]
    public void Five_digits_beside_a_function_code_may_be_plain_numbers()
    {
        var import = PointTableImport.Read("t.csv", "name,address,fc,type\na,40001,3,int16\n", Nothing);

        Assert.False(import.IsTable);
        Assert.Contains("say --addresses 40001, or 0 or 1", Assert.Single(import.Refusals), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("name,address,fc,type\na,400001,3,int16\n"), InlineData("name,address,fc,type\na,4x0001,3,int16\n"), InlineData("name,address,type\na,40001,int16\n")]
    public void Addresses_that_leave_no_doubt_have_their_table_in_front(string text) =>
        Assert.Equal("a,,,fast,holding,0,int16,,,,,,,,,", Body(PointTableImport.Read("t.csv", text, Nothing)));

    private static string Body(PointTableImport import) => string.Join('\n', import.ToMap().TrimEnd('\n').Split('\n').Skip(2));
}
