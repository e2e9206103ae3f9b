using EdgeGateway.Evidence;

namespace EdgeGateway.Tests.Evidence;

public class DataRowsTests
{
    [Fact]
    public void Values_come_with_their_names_times_qualities_and_every_digit()
    {
        var payload = """
            {"k":"data","t0":1000,
             "g":[{"id":"a/x","pm":10,"n":4,"o":1,"s":[["a.b","",""],["a.c","",""]]},{"id":"d/y","pm":10,"n":1,"o":0,"s":[["d.e","",""]]}],
             "r":[[0,1,7,5,[12.30,null],[0,9]],[0,2,8,6,["op\u0065n"]],[1,0,9,-7,[1e400],10]]}
            """u8.ToArray();
        Assert.Equal(
            [
                new DataValue("a/x", "a.b", 7, 1005, "12.30", 0), new DataValue("a/x", "a.c", 7, 1005, "null", 9),
                new DataValue("a/x", "a.c", 8, 1006, "\"op\\u0065n\"", 0), new DataValue("d/y", "d.e", 9, 993, "1e400", 10),
            ],
            DataRows.Enumerate(payload));
    }

    [Theory]
    [InlineData("[2,0,1,1,[1]]")]
    [InlineData("[-1,0,1,1,[1]]")]
    [InlineData("[0,-1,1,1,[1]]")]
    [InlineData("[0,1,1,1,[1,2]]")]
    [InlineData("[0,9223372036854775807,1,1,[1]]")]
    [InlineData("[0,0,1,1,[1],[0,0]]")]
    public void A_row_whose_values_have_no_names_is_left_out(string row)
    {
        var payload = $$"""{"k":"data","t0":1,"g":[{"id":"a","pm":1,"n":9,"o":0,"s":[["a.b","",""],["a.c","",""]]}],"r":[{{row}},[0,1,5,1,[3]]]}""";
        Assert.Equal("a.c", Assert.Single(DataRows.Enumerate(System.Text.Encoding.UTF8.GetBytes(payload))).Signal);
    }

    [Fact]
    public void Other_kinds_have_no_rows() => Assert.Empty(DataRows.Enumerate("""{"k":"event"}"""u8.ToArray()));
}
