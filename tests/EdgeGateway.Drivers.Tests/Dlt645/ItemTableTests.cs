using EdgeGateway.Drivers.Dlt645;

namespace EdgeGateway.Drivers.Tests.Dlt645;

/// <summary>The table of data items agrees with itself.</summary>
public sealed class ItemTableTests
{
    [Fact]
    public void Identifiers_and_names_are_unique_in_their_edition()
    {
        Assert.Equal(ItemTable.All.Length, ItemTable.All.Select(item => (item.Edition, item.Identifier)).Distinct().Count());
        Assert.Equal(ItemTable.All.Length, ItemTable.All.Select(item => (item.Edition, item.Name)).Distinct().Count());
        Assert.All(ItemTable.All, item => Assert.Matches("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", item.Name));
        Assert.All(ItemTable.All, item => Assert.True(item.NameZh.Length > 0 && item.NameEn.Length > 0, item.Name));
    }

    [Fact]
    public void A_name_means_the_same_kind_of_value_in_both_editions() => Assert.All(
        ItemTable.All.Where(item => item.Edition == Edition.Of1997 && ItemTable.Find(Edition.Of2007, item.Name) is not null),
        item =>
        {
            var other = ItemTable.Find(Edition.Of2007, item.Name)!; // not null: filtered
            Assert.Equal((other.Unit, other.Parts.Length, other.Parts[0].Kind), (item.Unit, item.Parts.Length, item.Parts[0].Kind));
        });

    [Fact]
    public void A_block_is_its_members_in_their_order()
    {
        foreach (var block in ItemTable.All.Where(item => ItemTable.All.Any(other => other.Block != 0 && other.Edition == item.Edition && other.Block == item.Identifier)))
        {
            var members = ItemTable.All.Where(item => item.Edition == block.Edition && item.Block == block.Identifier).OrderBy(item => item.PartOfBlock).ToList();
            Assert.Equal(Enumerable.Range(0, block.Parts.Length), members.Select(member => member.PartOfBlock));
            Assert.Equal(block.Parts.Select(part => part.ToString()), members.Select(member => member.Parts.Single().ToString()));
            Assert.Equal(block.Unit, Assert.Single(members.Select(member => member.Unit).Distinct()));
        }
        Assert.All(ItemTable.All.Where(item => item.Block != 0), item => Assert.NotNull(ItemTable.BlockOf(item)));
    }

    [Theory]
    [InlineData("00010000", "forward-active", "XXXXXX.XX", "kWh")]
    [InlineData("00000000", "combined-active", "XXXXXX.XX with a sign", "kWh")]
    [InlineData("02010100", "ua", "XXX.X", "V")]
    [InlineData("02020300", "ic", "XXX.XXX with a sign", "A")]
    [InlineData("02030000", "p", "XX.XXXX with a sign", "kW")]
    [InlineData("02060000", "pf", "X.XXX with a sign", "")]
    [InlineData("02800002", "frequency", "XX.XX", "Hz")]
    [InlineData("04000306", "ct-ratio", "XXXXXX", "")]
    [InlineData("04000307", "pt-ratio", "XXXXXX", "")]
    [InlineData("04000501", "status-1", "HHHH", "")]
    [InlineData("9010", "forward-active", "XXXXXX.XX", "kWh")]
    [InlineData("B611", "ua", "XXXX", "V")]
    [InlineData("B621", "ia", "XX.XX", "A")]
    [InlineData("B630", "p", "XX.XXXX", "kW")]
    public void Well_known_items_are_what_they_are(string identifier, string name, string format, string unit)
    {
        var item = ((MeterPoint)MeterMap.Point(identifier)).Item;
        Assert.Equal((name, format, unit), (item.Name, item.Parts.Single().ToString(), item.Unit));
    }
}
