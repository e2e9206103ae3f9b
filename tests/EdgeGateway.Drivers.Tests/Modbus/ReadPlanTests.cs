using EdgeGateway.Drivers.Modbus;

namespace EdgeGateway.Drivers.Tests.Modbus;

public sealed class ReadPlanTests
{
    [Theory]
    [InlineData("neighbours are one question", "h0 h1 h2", "h0+3(0,3)")]
    [InlineData("a gap at the limit is read along", "h0 h9", "h0+10(0,2)")]
    [InlineData("a gap past the limit is not", "h0 h10", "h0+1(0,1) h10+1(1,1)")]
    [InlineData("tables never mix", "c0 d0 h0 i0", "c0+1(0,1) d0+1(1,1) h0+1(2,1) i0+1(3,1)")]
    [InlineData("numbers of several registers count in full", "h0*2 h2*4 h6", "h0+7(0,3)")]
    [InlineData("a question is full at the limit", "h0*4 h4*4 h8*4 h12*4 h16*4", "h0+20(0,5)")]
    [InlineData("a number is not split at the limit", "h0*4 h4*4 h8*4 h12*4 h17*4", "h0+16(0,4) h17+4(4,1)")]
    [InlineData("bits of one register are one question", "h5.0 h5.3 h5.15", "h5+1(0,3)")]
    [InlineData("a bit inside a number stays with it", "h4*2 h5.3 h6", "h4+3(0,3)")]
    [InlineData("the same place twice", "h4*2 h4*2", "h4+2(0,2)")]
    [InlineData("text is as long as its registers", "h0$5 h3", "h0+4(0,2)")]
    [InlineData("the last register", "h65533*2 h65535", "h65533+3(0,2)")]
    [InlineData("text longer than the limit is asked whole", "h0$60 h30", "h0+30(0,1) h30+1(1,1)")]
    [InlineData("gaps of bits are sixteen times as wide", "c0 c129", "c0+130(0,2)")]
    [InlineData("and end there", "c0 c130", "c0+1(0,1) c130+1(1,1)")]
    [InlineData("bits have their own limit", "c0 c100 c199 c200", "c0+200(0,3) c200+1(3,1)")]
    public void A_plan_covers_the_points_in_order(string why, string points, string plan)
    {
        var device = new ModbusDevice { MaxGap = 8, MaxRegisters = 20, MaxBits = 200 };

        Assert.True(Map.Text(ReadPlan.Make(Map.Points(points), device)) == plan, $"{why}: {Map.Text(ReadPlan.Make(Map.Points(points), device))}");
    }

    [Fact]
    public void Without_gaps_only_touching_places_are_joined() =>
        Assert.Equal("h0+2(0,2) h3+1(2,1)", Map.Text(ReadPlan.Make(Map.Points("h0 h1 h3"), new ModbusDevice { MaxGap = 0 })));

    [Fact]
    public void Single_reads_ask_each_place_alone_and_bits_of_a_register_together() =>
        Assert.Equal("h0+1(0,1) h1+1(1,3) h2+2(4,1)",
            Map.Text(ReadPlan.Make(Map.Points("h0 h1 h1.2 h1.3 h2*2"), new ModbusDevice { SingleReads = true })));

    [Fact]
    public void What_is_left_out_is_not_read_along_either() =>
        Assert.Equal("h0+1(0,1) h2+2(2,2)",
            Map.Text(ReadPlan.Make(Map.Points("h0 h1 h2 h3"), new ModbusDevice(), [false, true, false, false], [])));

    [Fact]
    public void A_cut_is_not_read_across() =>
        Assert.Equal("h0+2(0,2) h2+2(2,2)",
            Map.Text(ReadPlan.Make(Map.Points("h0 h1 h2 h3"), new ModbusDevice(), [], [false, false, true, false])));

    [Theory]
    [InlineData("h0 h1 h2 h3", 2)]
    [InlineData("h0 h1", 1)]
    [InlineData("h0", null)]
    [InlineData("h0.0 h0.1 h0.2 h0.3", null)]
    [InlineData("h0 h1.0 h1.1 h1.2 h1.3", 1)]
    [InlineData("h0*2 h1.0 h1.1", null)]
    [InlineData("h0*4 h1.0 h3.1 h4", 3)]
    public void Halves_fall_between_places(string points, int? middle)
    {
        var all = Map.Points(points);

        Assert.Equal(middle, ReadPlan.Middle(all, ReadPlan.Cover(all, 0, all.Length)));
    }

    [FsCheck.Xunit.Property]
    public void Every_plan_covers_every_point_once_within_the_limits(int seed)
    {
        var random = new Random(seed);
        var device = new ModbusDevice { MaxGap = random.Next(40), MaxRegisters = random.Next(4, 126), MaxBits = random.Next(1, 2001) };
        var type = new ModbusTcpType();
        var points = Enumerable.Range(0, random.Next(1, 250))
            .Select(_ => Map.Point(random.Next(3) switch
            {
                0 => $"c{random.Next(65536)}",
                1 => $"h{random.Next(400)}",
                _ => $"h{random.Next(65533)}*{(random.Next(2) == 0 ? 2 : 4)}",
            }))
            .Order(Comparer<DevicePoint>.Create(type.Compare)).ToList();
        for (var i = points.Count - 1; i > 0; i--)
            if (points.Take(i).Any(p => type.Overlap(p, points[i]))) points.RemoveAt(i);

        var plan = ReadPlan.Make([.. points], device);

        var next = 0;
        foreach (var request in plan)
        {
            Assert.Equal(next, request.First);
            next += request.Count;
            Assert.InRange(request.Quantity, 1, request.IsBits ? device.MaxBits : device.MaxRegisters);
            Assert.InRange(request.End, 1, 65536);
            foreach (var point in points.GetRange(request.First, request.Count).Cast<ModbusPoint>())
            {
                Assert.Equal(request.Area, point.Area);
                Assert.InRange(point.Address, request.Address, request.End - point.Size);
            }
        }
        Assert.Equal(points.Count, next);
    }
}
