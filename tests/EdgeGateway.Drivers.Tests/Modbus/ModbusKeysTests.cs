using EdgeGateway.Drivers.Modbus;

namespace EdgeGateway.Drivers.Tests.Modbus;

public sealed class ModbusKeysTests
{
    private static readonly ModbusTcpType Type = new();

    [Fact]
    public void A_device_without_keys_has_the_defaults()
    {
        var device = Device("")!;

        Assert.Equal(1, device.Unit);
        Assert.Equal(TimeSpan.FromSeconds(1), device.Timeout);
        Assert.Equal((125, 2000, 32), (device.MaxRegisters, device.MaxBits, device.MaxGap));
        Assert.Equal(WordOrder.BigEndian, device.WordOrder);
        Assert.False(device.SingleReads);
        Assert.Equal(1, device.Window);
    }

    [Fact]
    public void Every_key_of_a_device_counts()
    {
        var device = Device("unit=255 timeout=250ms max-registers=60 max-bits=100 max-gap=0 word-order=cdab single-reads=yes window=16")!;

        Assert.Equal(255, device.Unit);
        Assert.Equal(TimeSpan.FromMilliseconds(250), device.Timeout);
        Assert.Equal((60, 100, 0), (device.MaxRegisters, device.MaxBits, device.MaxGap));
        Assert.Equal(WordOrder.WordSwap, device.WordOrder);
        Assert.True(device.SingleReads);
        Assert.Equal(16, device.Window);
    }

    [Theory]
    [InlineData("unit=256", "unit")]
    [InlineData("unit=-1", "unit")]
    [InlineData("timeout=10ms", "timeout")]
    [InlineData("timeout=61s", "timeout")]
    [InlineData("timeout=1", "timeout")]
    [InlineData("max-registers=0", "max-registers")]
    [InlineData("max-registers=126", "max-registers")]
    [InlineData("max-bits=2001", "max-bits")]
    [InlineData("max-gap=125", "max-gap")]
    [InlineData("window=0", "window")]
    [InlineData("window=17", "window")]
    [InlineData("word-order=ACBD", "word-order")]
    [InlineData("single-reads=perhaps", "single-reads")]
    [InlineData("unit=x max-gap=x", "unit max-gap")]
    public void A_bad_key_of_a_device_is_refused(string keys, string refused)
    {
        var faults = new List<SettingFault>();

        Assert.Null(Type.ReadDevice(Row(keys, faults)));
        Assert.Equal(refused, string.Join(' ', faults.Select(f => f.Key)));
    }

    [Theory]
    [InlineData("area=coil address=5", ModbusArea.Coil, 5, RegisterType.Bool)]
    [InlineData("area=0x address=5 type=bool", ModbusArea.Coil, 5, RegisterType.Bool)]
    [InlineData("area=1 address=0x10", ModbusArea.Coil, 16, RegisterType.Bool)]
    [InlineData("area=Discrete address=65535", ModbusArea.Discrete, 65535, RegisterType.Bool)]
    [InlineData("area=1X address=5", ModbusArea.Discrete, 5, RegisterType.Bool)]
    [InlineData("area=2 address=5", ModbusArea.Discrete, 5, RegisterType.Bool)]
    [InlineData("area=holding address=5 type=uint16", ModbusArea.Holding, 5, RegisterType.UInt16)]
    [InlineData("area=4x address=5 type=int16 order=BADC", ModbusArea.Holding, 5, RegisterType.Int16)]
    [InlineData("area=3 address=65534 type=FLOAT32 order=cdab", ModbusArea.Holding, 65534, RegisterType.Float32)]
    [InlineData("area=input address=65532 type=float64", ModbusArea.Input, 65532, RegisterType.Float64)]
    [InlineData("area=3x address=5 type=bcd32", ModbusArea.Input, 5, RegisterType.Bcd32)]
    [InlineData("area=4 address=5 type=bool bit=15", ModbusArea.Input, 5, RegisterType.Bool)]
    [InlineData("area=4 address=5 type=string length=120", ModbusArea.Input, 5, RegisterType.Text)]
    public void A_point_is_read(string cells, object area, int address, object type)
    {
        var point = Point(cells);

        Assert.Equal((area, address, type), (point.Area, point.Address, (object)point.Type));
        Assert.Equal("so2", point.Signal);
    }

    [Theory]
    [InlineData("address=5 type=uint16", "area", "nothing")]
    [InlineData("area=register address=5 type=uint16", "area", "register")]
    [InlineData("area=holding type=uint16", "address", "nothing")]
    [InlineData("area=holding address=65536 type=uint16", "address", "65536")]
    [InlineData("area=holding address=-1 type=uint16", "address", "-1")]
    [InlineData("area=holding address=40001x type=uint16", "address", "40001x")]
    [InlineData("area=holding address=5", "type", "nothing")]
    [InlineData("area=holding address=5 type=real", "type", "real")]
    [InlineData("area=coil address=5 type=float32", "type", "float32")]
    [InlineData("area=discrete address=5 type=uint16", "type", "uint16")]
    [InlineData("area=holding address=65535 type=float32", "address", "65535")]
    [InlineData("area=holding address=65533 type=int64", "address", "65533")]
    [InlineData("area=holding address=65500 type=string length=80", "address", "65500")]
    [InlineData("area=holding address=5 type=uint16 bit=3", "bit", "3")]
    [InlineData("area=holding address=5 type=bool", "bit", "nothing")]
    [InlineData("area=holding address=5 type=bool bit=16", "bit", "16")]
    [InlineData("area=coil address=5 bit=3", "bit", "3")]
    [InlineData("area=holding address=5 type=string", "length", "nothing")]
    [InlineData("area=holding address=5 type=string length=121", "length", "121")]
    [InlineData("area=holding address=5 type=string length=0", "length", "0")]
    [InlineData("area=holding address=5 type=uint16 length=2", "length", "2")]
    [InlineData("area=holding address=5 type=uint16 order=CDAB", "order", "CDAB")]
    [InlineData("area=holding address=5 type=bcd16 order=DCBA", "order", "DCBA")]
    [InlineData("area=holding address=5 type=string length=4 order=CDAB", "order", "CDAB")]
    [InlineData("area=holding address=5 type=bool bit=1 order=BADC", "order", "BADC")]
    [InlineData("area=holding address=5 type=float32 order=ABDC", "order", "ABDC")]
    [InlineData("area=holding address=5 type=float32 order=EFGHABCD", "order", "EFGHABCD")]
    [InlineData("area=holding address=5 type=m10k48 order=CDABGHEF", "order", "CDABGHEF")]
    [InlineData("area=holding address=5 type=uint8-low order=BADC", "order", "BADC")]
    [InlineData("area=holding address=5 type=gbk length=4 order=CDAB", "order", "CDAB")]
    [InlineData("area=holding address=5 type=uint16 bits=3-16", "bits", "3-16")]
    [InlineData("area=holding address=5 type=uint16 bits=5-3", "bits", "5-3")]
    [InlineData("area=holding address=5 type=uint16 bits=3", "bits", "3")]
    [InlineData("area=holding address=5 type=uint32 bits=0..32", "bits", "0..32")]
    [InlineData("area=holding address=5 type=int16 bits=0..3", "bits", "0..3")]
    [InlineData("area=holding address=5 type=float32 bits=0..3", "bits", "0..3")]
    [InlineData("area=holding address=65531 type=time-6", "address", "65531")]
    [InlineData("area=holding address=65534 type=m10k48", "address", "65534")]
    [InlineData("area=holding address=65500 type=char-low length=40", "address", "65500")]
    [InlineData("area=holding address=5 type=int16 invalid=0x17FFF", "invalid", "0x17FFF")]
    [InlineData("area=holding address=5 type=int16 invalid=40000", "invalid", "40000")]
    [InlineData("area=holding address=5 type=uint16 invalid=-1", "invalid", "-1")]
    [InlineData("area=holding address=5 type=uint16 invalid=NaN", "invalid", "NaN")]
    [InlineData("area=holding address=5 type=uint8-low invalid=0x100", "invalid", "0x100")]
    [InlineData("area=holding address=5 type=float32 invalid=1e39", "invalid", "1e39")]
    [InlineData("area=holding address=5 type=float16 invalid=70000", "invalid", "70000")]
    [InlineData("area=holding address=5 type=bcd16 invalid=10000", "invalid", "10000")]
    [InlineData("area=holding address=5 type=m10k32 invalid=100000000", "invalid", "100000000")]
    [InlineData("area=holding address=5 type=sign16 invalid=-32768", "invalid", "-32768")]
    [InlineData("area=holding address=5 type=string length=4 invalid=0", "invalid", "0")]
    [InlineData("area=coil address=5 invalid=0", "invalid", "0")]
    public void A_point_that_cannot_be_is_refused(string cells, string key, string found)
    {
        var faults = new List<SettingFault>();

        Assert.Null(Type.ReadPoint("so2", Row(cells, faults)));
        var fault = Assert.Single(faults);
        Assert.Equal((key, found), (fault.Key, fault.Found));
        Assert.NotEmpty(fault.Expected);
        Assert.NotEmpty(fault.Fix);
    }

    [Fact]
    public void All_faults_of_a_row_are_found_in_one_pass()
    {
        var faults = new List<SettingFault>();

        Assert.Null(Type.ReadPoint("so2", Row("area=tank address=x type=real bit=x order=x length=x", faults)));
        Assert.Equal(["address", "area", "bit", "length", "order", "type"], faults.Select(f => f.Key).Order());
    }

    [Theory]
    [InlineData("h0*2", "h2*2", false)]
    [InlineData("h0*2", "h1*2", true)]
    [InlineData("h0*2", "i1*2", false)]
    [InlineData("h0*2", "h0*2", false)]
    [InlineData("h0*2", "h0*4", true)]
    [InlineData("h0*2", "h0", true)]
    [InlineData("h0", "h0", false)]
    [InlineData("h0.1", "h0.2", false)]
    [InlineData("h0", "h0.2", false)]
    [InlineData("h1.2", "h0*2", false)]
    [InlineData("h0$8", "h1.2", true)]
    [InlineData("h0$8", "h0$8", false)]
    [InlineData("h0$8", "h0$6", true)]
    [InlineData("c0", "c0", false)]
    public void Points_overlap_when_both_cannot_be_right(string left, string right, bool overlap)
    {
        Assert.Equal(overlap, Type.Overlap(Map.Point(left), Map.Point(right)));
        Assert.Equal(overlap, Type.Overlap(Map.Point(right), Map.Point(left)));
    }

    [Fact]
    public void Numbers_in_another_order_at_the_same_place_overlap() =>
        Assert.True(Type.Overlap(Point("area=3 address=0 type=float32"), Point("area=3 address=0 type=float32 order=CDAB")));

    [Fact]
    public void A_bit_inside_a_float_overlaps_it() =>
        Assert.True(Type.Overlap(Point("area=3 address=0 type=float32"), Point("area=3 address=1 type=bool bit=2")));

    [Fact]
    public void Points_are_asked_by_table_address_and_bit()
    {
        var points = Map.Points("i0 h2 h1.3 h1.0 d9 c10 c9").Sort(Type.Compare);

        Assert.Equal(Map.Points("c9 c10 d9 h1.0 h1.3 h2 i0").Select(Place), points.Select(Place));

        static (object, int, int) Place(DevicePoint point) => (((ModbusPoint)point).Area, ((ModbusPoint)point).Address, ((ModbusPoint)point).Bit);
    }

    [Theory]
    [InlineData("float32", WordOrder.WordSwap)]
    [InlineData("int64", WordOrder.WordSwap)]
    [InlineData("uint16", WordOrder.BigEndian)]
    [InlineData("string length=8", WordOrder.BigEndian)]
    [InlineData("float32 order=BADC", WordOrder.ByteSwap)]
    [InlineData("uint16 order=BADC", WordOrder.ByteSwap)]
    public void The_order_of_a_device_is_for_numbers_of_several_registers(string type, object order) =>
        Assert.Equal(order, Point($"area=holding address=0 type={type}").OrderOn(Device("word-order=CDAB")!));

    [Fact]
    public void The_least_time_counts_the_questions() =>
        Assert.Equal(TimeSpan.FromMilliseconds(6), Type.LeastTime(Map.Group("c0 h0 h1 h500")));

    [Fact]
    public void The_protocol_is_in_the_catalog()
    {
        var type = DriverCatalog.Find("Modbus-TCP");

        Assert.NotNull(type);
        Assert.Equal(["tcp", "listen"], type.Schemes);
        Assert.All(type.DeviceKeys.Concat(type.PointColumns), key => Assert.Equal(key.ToLowerInvariant(), key));
    }

    internal static SettingRow Row(string cells, List<SettingFault> faults) => new(
        cells.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(cell => cell.Split('=')).ToDictionary(cell => cell[0], cell => cell[1]),
        faults.Add);

    [Theory]
    [InlineData("type=uint16", "type=uint8-high", false)]
    [InlineData("type=uint8-low", "type=uint8-high", false)]
    [InlineData("type=uint16 bits=0..3", "type=uint16 bits=2..5", false)]
    [InlineData("type=uint16 bits=0..3", "type=uint16", false)]
    [InlineData("type=uint16 bits=0..3", "type=float32", true)]
    [InlineData("type=uint8-low", "type=bcd16", true)]
    [InlineData("type=time-6", "type=uint16", true)]
    public void Parts_of_a_register_do_not_contradict(string left, string right, bool overlap) =>
        Assert.Equal(overlap, Type.Overlap(Point($"area=3 address=0 {left}"), Point($"area=3 address=0 {right}")));

    private static ModbusDevice? Device(string keys)
    {
        var faults = new List<SettingFault>();
        var device = Type.ReadDevice(Row(keys, faults));
        Assert.Empty(faults);
        return (ModbusDevice?)device;
    }

    private static ModbusPoint Point(string cells)
    {
        var faults = new List<SettingFault>();
        var point = Type.ReadPoint("so2", Row(cells, faults));
        Assert.Empty(faults);
        return Assert.IsType<ModbusPoint>(point);
    }
}
