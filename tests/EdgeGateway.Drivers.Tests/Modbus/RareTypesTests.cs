using EdgeGateway.Drivers.Modbus;

namespace EdgeGateway.Drivers.Tests.Modbus;

/// <summary>Types, fields and markers as a map names them, from the registers to the sample. All wire bytes are written out by hand.</summary>
public sealed class RareTypesTests
{
    private static readonly ModbusTcpType Type = new();

    [Theory]
    [InlineData("type=int8-high", "FE01", -2)]
    [InlineData("type=int8-low", "01FE", -2)]
    [InlineData("type=uint8-high", "FE01", 254)]
    [InlineData("type=uint8-low", "01FE", 254)]
    [InlineData("type=sign16", "8005", -5)]
    [InlineData("type=sign16", "0005", 5)]
    [InlineData("type=sign16", "8000", 0)]
    [InlineData("type=sign16", "FFFF", -32767)]
    [InlineData("type=sign16 order=BADC", "0580", -5)]
    [InlineData("type=m10k32", "04D2162E", 12345678)]
    [InlineData("type=m10k32 order=CDAB", "162E04D2", 12345678)]
    [InlineData("type=m10k32", "FB2EE9D2", -12345678)]
    [InlineData("type=m10k32", "000003E8", 1000)]
    [InlineData("type=m10k48", "000104D2162E", 112345678)]
    [InlineData("type=m10k64", "270F270F270F270F", 9999999999999999)]
    [InlineData("type=m10k64 order=CDAB", "0004000300020001", 1000200030004)]
    [InlineData("type=bcd64", "1234567890123456", 1234567890123456)]
    [InlineData("type=bcd64 order=CDAB", "3456901256781234", 1234567890123456)]
    [InlineData("type=uint16 bits=3..5", "0028", 5)]
    [InlineData("type=uint16 bits=0-15", "FFFF", 65535)]
    [InlineData("type=uint16 bits=15-15", "8000", 1)]
    [InlineData("type=uint32 bits=16..31", "ABCD1234", 0xABCD)]
    [InlineData("type=uint32 bits=0..31 order=CDAB", "1234ABCD", 0xABCD1234)]
    [InlineData("type=uint64 order=CDABGHEF", "45670123CDEF89AB", 0x0123456789ABCDEF)]
    [InlineData("type=uint64 order=EFGHABCD", "89ABCDEF01234567", 0x0123456789ABCDEF)]
    [InlineData("type=int64 order=EFGHABCD", "FFFFFFFEFFFFFFFF", -2)]
    public void A_whole_number_is_exact(string cells, string wire, long value) =>
        Assert.Equal(new Sample(SampleValue.OfExact(value), Quality.Good), Read(cells, wire));

    [Theory]
    [InlineData("type=float16", "3C00", 1f)]
    [InlineData("type=float16", "C000", -2f)]
    [InlineData("type=float16", "0001", 5.9604645E-08f)]
    [InlineData("type=float16 order=BADC", "003C", 1f)]
    public void A_float16_keeps_its_value(string cells, string wire, float value) =>
        Assert.Equal(new Sample(SampleValue.OfBinary32(value), Quality.Good), Read(cells, wire));

    [Theory]
    [InlineData("type=float64 order=EFGHABCD", "1A9FBE77405EDD2F")]
    [InlineData("type=float64 order=CDABGHEF", "DD2F405EBE771A9F")]
    public void A_float64_of_exchanged_halves_keeps_its_bits(string cells, string wire) =>
        Assert.Equal(new Sample(SampleValue.OfBinary64(123.456), Quality.Good), Read(cells, wire));

    [Theory]
    [InlineData("type=ascii length=4", "52554E20", "RUN")]
    [InlineData("type=ascii length=4 order=BADC", "5552204E", "RUN")]
    [InlineData("type=gbk length=6", "D1CCC6F80000", "烟气")]
    [InlineData("type=gbk length=4 order=BADC", "CCD1F8C6", "烟气")]
    [InlineData("type=char-low length=3", "00520055004E", "RUN")]
    [InlineData("type=char-high length=3", "520055004E00", "RUN")]
    [InlineData("type=char-low length=3", "005200000041", "R")]
    public void Text_is_read(string cells, string wire, string text) =>
        Assert.Equal(new Sample(SampleValue.OfText(text), Quality.Good), Read(cells, wire));

    [Theory]
    [InlineData("type=time-bcd", "260301083059", "2026-03-01T08:30:59")]
    [InlineData("type=time-6", "07EA000300010008001E003B", "2026-03-01T08:30:59")]
    [InlineData("type=time-6", "001A000300010008001E003B", "2026-03-01T08:30:59")]
    [InlineData("type=time-6 order=BADC", "EA070300010008001E003B00", "2026-03-01T08:30:59")]
    [InlineData("type=time-iec870", "001A0361081EE7E9", "2026-03-01T08:30:59.369")]
    [InlineData("type=time-unix", "69A3F943", "2026-03-01T08:30:59Z")]
    [InlineData("type=time-unix order=CDAB", "F94369A3", "2026-03-01T08:30:59Z")]
    [InlineData("type=time-unix", "FFFFFFFF", "2106-02-07T06:28:15Z")]
    public void A_time_becomes_an_ISO_text(string cells, string wire, string text) =>
        Assert.Equal(new Sample(SampleValue.OfText(text), Quality.Good), Read(cells, wire));

    [Theory]
    [InlineData("type=time-bcd", "260231083059")]
    [InlineData("type=time-bcd", "2603010830A9")]
    [InlineData("type=time-6", "07EA0003000100180000003B")]
    [InlineData("type=time-6", "000000000000000000000000")]
    [InlineData("type=time-iec870", "001A0361089E0000")]
    [InlineData("type=time-iec870", "001A0361081EEA60")]
    [InlineData("type=m10k32", "2710 0000")]
    [InlineData("type=m10k32", "0001 FFFF")]
    [InlineData("type=bcd64", "000000000000000A")]
    [InlineData("type=ascii length=2", "D1CC")]
    [InlineData("type=gbk length=2", "FFFF")]
    [InlineData("type=char-low length=1", "0007")]
    public void What_makes_no_sense_has_no_value(string cells, string wire) =>
        Assert.Equal(Sample.None(Quality.NotANumber), Read(cells, wire.Replace(" ", "", StringComparison.Ordinal)));

    [Theory]
    [InlineData("type=int16 invalid=0x7FFF", "7FFF")]
    [InlineData("type=int16 invalid=-32768", "8000")]
    [InlineData("type=int16 invalid=0x8000|0x7FFF", "7FFF")]
    [InlineData("type=uint16 invalid=65535", "FFFF")]
    [InlineData("type=uint8-low invalid=0xFF", "12FF")]
    [InlineData("type=float32 invalid=-9999", "C61C3C00")]
    [InlineData("type=float32 order=CDAB invalid=0x7FC00000", "00007FC0")]
    [InlineData("type=float32 invalid=NaN", "FFC00000")]
    [InlineData("type=float64 invalid=-1", "BFF0000000000000")]
    [InlineData("type=bcd16 invalid=9999", "9999")]
    [InlineData("type=m10k32 invalid=-12345678", "FB2EE9D2")]
    [InlineData("type=sign16 invalid=-5", "8005")]
    [InlineData("type=uint16 bits=0..3 invalid=0xFFFF", "FFFF")]
    [InlineData("type=int64 invalid=-1", "FFFFFFFFFFFFFFFF")]
    public void A_marker_stands_for_no_value(string cells, string wire) =>
        Assert.Equal(Sample.None(Quality.NotANumber), Read(cells, wire));

    [Theory]
    [InlineData("type=int16 invalid=0x7FFF", "7FFE", 0x7FFE)]
    [InlineData("type=uint8-low invalid=0xFF", "FFFE", 254)]
    [InlineData("type=bcd16 invalid=9999", "9998", 9998)]
    public void The_neighbour_of_a_marker_is_a_value(string cells, string wire, long value) =>
        Assert.Equal(new Sample(SampleValue.OfExact(value), Quality.Good), Read(cells, wire));

    [Fact]
    public void Evidence_is_the_registers_as_they_came()
    {
        var raw = (ModbusPoint)Type.Evidence(Point("type=float32 order=CDAB"), "so2-raw")!;

        Assert.Equal(("so2-raw", 0, 2), (raw.Signal, raw.Address, raw.Size));
        Assert.Equal(SampleValue.OfText("E97942F6"), new TextCell(raw.Type, raw.Length, raw.OrderOn(new ModbusDevice { WordOrder = WordOrder.LittleEndian })).Read([0xE9, 0x79, 0x42, 0xF6]).Value);
    }

    [Fact]
    public void A_coil_has_no_raw_form() => Assert.Null(Type.Evidence(Map.Point("c0"), "x-raw"));

    [Theory]
    [InlineData("type=float32", "raw ABCD CDAB BADC DCBA")]
    [InlineData("type=uint16", "raw ABCD BADC")]
    [InlineData("type=float64", "raw ABCD CDAB BADC DCBA CDABGHEF EFGHABCD")]
    [InlineData("type=bool bit=1", "raw")]
    [InlineData("type=string length=4", "raw ABCD BADC")]
    public void A_place_can_be_read_in_all_its_orders(string cells, string labels) =>
        Assert.Equal(labels, string.Join(' ', Type.OtherReadings(Point(cells)).Select(reading => reading.Label)));

    [Theory]
    [InlineData(125)]
    [InlineData(2)]
    [InlineData(1)]
    public void A_value_its_evidence_and_its_bits_come_from_one_answer_whatever_the_limits(int maxRegisters)
    {
        var value = Point("type=uint64");
        DevicePoint[] points = [Map.Point("h0.3"), Type.Evidence(value, "x-raw")!, value, Map.Point("h3.1"), .. Type.OtherReadings(value).Select(reading => reading.Point)];
        var device = new ModbusDevice { MaxRegisters = maxRegisters, MaxGap = 0 };

        var plan = ReadPlan.Make([.. points.Order(Comparer<DevicePoint>.Create(Type.Compare))], device);

        Assert.Equal((0, 4, points.Length), (Assert.Single(plan).Address, plan[0].Quantity, plan[0].Count));
    }

    [Fact]
    public void A_place_at_the_end_of_a_full_question_goes_whole_into_the_next()
    {
        var points = Map.Points("h0 h124.0 h124*2").Sort(Type.Compare);

        Assert.Equal("h0+1(0,1) h124+2(1,2)", Map.Text(ReadPlan.Make(points, new ModbusDevice { MaxGap = 124 })));
    }

    private static ModbusPoint Point(string cells)
    {
        var faults = new List<SettingFault>();
        var point = Type.ReadPoint("so2", ModbusKeysTests.Row($"area=holding address=0 {cells}", faults));
        Assert.Empty(faults);
        return Assert.IsType<ModbusPoint>(point);
    }

    /// <summary>Through the whole of the driver's decoding.</summary>
    private static Sample Read(string cells, string wire)
    {
        var point = Point(cells);
        var registers = Convert.FromHexString(wire);
        Assert.Equal(point.Size * 2, registers.Length);
        var samples = new Sample[1];
        var group = new PollGroup("d/g", new ModbusDevice(), TimeSpan.FromSeconds(1), [point]);
        new GroupKnowledge(group, 0).Decode(new ReadRequest(0, 1, ModbusArea.Holding, 0, point.Size), registers, samples);
        return samples[0];
    }
}
