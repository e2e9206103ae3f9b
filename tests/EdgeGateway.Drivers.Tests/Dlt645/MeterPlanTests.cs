using EdgeGateway.Drivers.Dlt645;

namespace EdgeGateway.Drivers.Tests.Dlt645;

public sealed class MeterPlanTests
{
    private static readonly string[] Names = [.. ItemTable.All.Where(item => item.Edition == Edition.Of2007 && item.Parts.Length == 1).Select(item => item.Name)];

    [Theory]
    [InlineData("ua", "02010100(0,1)")]
    [InlineData("ua ub", "0201FF00(0,2)")]
    [InlineData("ua ub uc", "0201FF00(0,3)")]
    [InlineData("ua ua", "02010100(0,2)")] // one value under two names
    [InlineData("ua ia", "02010100(0,1) 02020100(1,1)")]
    [InlineData("uc ia ua ib", "0201FF00(0,2) 0202FF00(2,2)")]
    [InlineData("p pa pb pc", "0203FF00(0,4)")]
    [InlineData("frequency neutral-current", "02800001(0,1) 02800002(1,1)")]
    [InlineData("forward-active forward-active-t1 forward-active-day1", "00010001(0,1) 0001FF00(1,2)")]
    [InlineData("0201FF00#1", "0201FF00(0,1)")]
    [InlineData("0201FF00#2 ua", "0201FF00(0,2)")]
    [InlineData("01010000#1 01010000#2", "01010000(0,2)")]
    [InlineData("B611 B612 ua", "02010100(0,1) B61F(1,2)")]
    public void Points_become_questions(string points, string expected) => Assert.Equal(expected, Text(points, MeterMap.Device()));

    [Theory]
    [InlineData("ua ub uc", "02010100(0,1) 02010200(1,1) 02010300(2,1)")]
    [InlineData("ua ua ub", "02010100(0,2) 02010200(2,1)")]
    [InlineData("0201FF00#2 0201FF00#3 ua", "0201FF00(0,2) 02010100(2,1)")]
    public void Without_blocks_each_item_is_asked_for_by_itself(string points, string expected) => Assert.Equal(expected, Text(points, MeterMap.Device(blocks: false)));

    [Theory]
    [InlineData("ua ub uc", "B61F(0,3)")]
    [InlineData("forward-active reverse-active", "9010(0,1) 9020(1,1)")]
    [InlineData("frequency", "02800002(0,1)")] // 1997 has none
    public void Names_are_asked_for_in_the_edition_of_the_meter(string points, string expected) => Assert.Equal(expected, Text(points, MeterMap.Device(edition: Edition.Of1997)));

    [Fact]
    public void What_a_meter_has_refused_is_planned_around()
    {
        var group = MeterMap.Group("ua ub uc ia ib");
        Assert.Equal("0201FF00(0,1) 02010300(2,1) 0202FF00(3,2)".Replace("0201FF00(0,1)", "02010100(0,1)", StringComparison.Ordinal),
            Text(ReadPlan.Make(group.Points, (MeterDevice)group.Device, [false, true, false, false, false], new HashSet<uint> { 0x0201FF00 })));
        Assert.Equal("02010100(0,1) 02010200(1,1) 02010300(2,1) 0202FF00(3,2)",
            Text(ReadPlan.Make(group.Points, (MeterDevice)group.Device, [], new HashSet<uint> { 0x0201FF00 })));
    }

    [FsCheck.Xunit.Property]
    public void Every_point_is_in_exactly_one_question_that_brings_it(byte[] picks, bool blocks)
    {
        if (picks.Length == 0) return;
        var group = MeterMap.Group(string.Join(' ', picks.Select(pick => Names[pick % Names.Length])), MeterMap.Device(blocks));
        var next = 0;
        foreach (var question in ReadPlan.Make(group.Points, (MeterDevice)group.Device))
        {
            Assert.Equal(next, question.First);
            for (var i = question.First; i < question.First + question.Count; i++)
            {
                var item = ((MeterPoint)group.Points[i]).Item;
                Assert.Contains(question.Item.Identifier, new[] { item.Identifier, item.Block });
            }
            next += question.Count;
        }
        Assert.Equal(group.Points.Length, next);
    }

    private static string Text(string points, MeterDevice device)
    {
        var group = MeterMap.Group(points, device);
        return Text(ReadPlan.Make(group.Points, device));
    }

    private static string Text(IEnumerable<ReadQuestion> plan) => string.Join(' ', plan.Select(q => $"{q.Item.IdentifierText}({q.First},{q.Count})"));
}
