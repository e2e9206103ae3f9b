using System.Text;
using EdgeGateway.Commands;
using EdgeGateway.Config;
using EdgeGateway.Drivers;
using EdgeGateway.Tests.Config;

namespace EdgeGateway.Tests.Commands;

/// <summary>The simulated twin of a site serves whatever a configuration can ask of a Modbus device or a meter, and the drivers bring every value as served.</summary>
public sealed class SimulatedSiteTests
{
    // Every marker and every code of a status word has its turn.
    private const int Polls = 80;

    private static readonly string[] WordTypes = ["int32", "uint32", "float32", "bcd32", "m10k32", "m10k48", "int64", "uint64", "float64", "bcd64", "m10k64", "time-unix"];

    public static TheoryData<string> Templates => [.. MapTemplate.All.Select(template => template.Name)];

    public static TheoryData<string> ModbusProtocols => ["modbus-tcp", "modbus-rtu", "modbus-ascii"];

    [Theory, MemberData(nameof(Templates))]
    public async Task A_device_made_of_a_map_that_comes_with_the_program_is_read_back_as_served(string name)
    {
        var template = MapTemplate.All.Single(template => template.Name == name);
        using var site = new SiteOnDisk();
        site.Write("maps/m.csv", template.Text);
        site.Write("lines/a.yaml", LineOf("modbus-tcp", string.Concat(template.Groups.Select(group => $"      {group}: 1m\n"))));

        await ReadsAsServed(site.Plant());
    }

    [Theory, MemberData(nameof(ModbusProtocols))]
    public async Task Every_type_in_every_order_is_read_back_as_served(string protocol)
    {
        using var site = new SiteOnDisk();
        site.Write("maps/m.csv", EveryType());
        site.Write("lines/a.yaml", LineOf(protocol, "      fast: 1m\n"));

        await ReadsAsServed(site.Plant(), polls: 8);
    }

    [Fact]
    public void Every_type_is_among_those_read_back()
    {
        var row = new List<SettingFault>();
        DriverCatalog.Find("modbus-tcp")!.ReadPoint("x", new SettingRow(new Dictionary<string, string> { ["area"] = "holding", ["address"] = "0", ["type"] = "?" }, row.Add)); // in the catalog
        var known = row.Single(fault => fault.Key == "type").Expected["one of ".Length..].Split(", ");
        Assert.Equal(known.Order(), EveryType().Split('\n').Skip(1).Where(line => line.Length > 0).Select(line => line.Split(',')[4]).Distinct().Order());
    }

    [Fact]
    public async Task Parts_of_registers_states_spans_and_markers_are_read_back_as_served()
    {
        using var site = new SiteOnDisk();
        site.Write("maps/m.csv", """
            signal,group,area,address,type,order,bit,bits,length,invalid,scale,offset,span,states,evidence
            word,fast,holding,0,uint16,,,,,,10,,,bit3=D bit0=C 0x20=M else=N,raw
            word-low,fast,holding,0,uint8-low,,,,,,,,,,
            word-bit3,fast,holding,0,bool,,3,,,,,,,1=D 0=N,
            word-field,fast,holding,0,uint16,,,3..5,,,,,,0=N 1=F,raw
            code,fast,input,0,int16,,,,,-1,,,,-5=D 7=N,
            float-code,fast,input,1,float32,CDAB,,,,,,,,3=C 0=N,
            text-code,fast,input,3,char-low,,,,4,,,,,RUN=N STOP=F else=M,
            bcd-code,fast,input,7,bcd16,BADC,,,,,,,,12=D else=N,raw
            switch,fast,coil,5,,,,,,,,,,1=N 0=F,
            high,fast,holding,10,int8-high,,,,,-128,0.5,,,,
            low,fast,holding,10,uint8-low,,,,,0xFF,,,,,raw
            field-a,fast,holding,11,uint16,,,0..3,,,,,,,raw
            field-b,fast,holding,11,uint16,,,4..15,,,0.1,-5,,,raw
            field-c,fast,holding,12,uint32,CDAB,,3..30,,,,,,,raw
            bit-c,fast,holding,13,bool,,15,,,,,,,,
            marked,fast,holding,20,int16,,,,,0x7FFF -32768,0.1,,,,raw
            marked-float,fast,holding,21,float32,DCBA,,,,NaN -9999,,,,,raw
            marked-float16,fast,holding,23,float16,,,,,0x7C00,,,,,raw
            marked-bcd,fast,holding,24,bcd32,,,,,0xFFFFFFFF,0.01,,,,raw
            marked-m10k,fast,holding,26,m10k48,CDAB,,,,-999999999999,,,,,raw
            marked-sign,fast,holding,29,sign16,BADC,,,,-32767,,,,,raw
            span,fast,holding,30,int16,,,,,32767,,,5530..27648 -> 0..750,,raw
            span-back,fast,holding,31,uint16,,,,,,,,0..65535 -> 100..-20.5,,
            span-float,fast,holding,32,float32,,,,,,,,4..20 -> -50..150,,
            span-double,fast,holding,34,float64,EFGHABCD,,,,,,,0..1 -> 0..3,,
            same,fast,holding,40,int32,,,,,,,,,,
            same-scaled,fast,holding,40,int32,,,,,,0.001,7,,,

            """.Replace("\r", "", StringComparison.Ordinal));
        site.Write("lines/a.yaml", LineOf("modbus-tcp", "      fast: 1m\n"));

        var read = await ReadsAsServed(site.Plant());

        Assert.Equal(["\"C\"", "\"D\"", "\"M\"", "\"N\""], read.Values["d.word-state"].Distinct().Order());
        Assert.Equal(["\"D\"", "\"N\""], read.Values["d.word-bit3-state"].Distinct().Order());
        Assert.Equal(["\"C\"", "\"N\""], read.Values["d.float-code-state"].Distinct().Order());
        Assert.Equal(["\"F\"", "\"M\"", "\"N\""], read.Values["d.text-code-state"].Distinct().Order());
        Assert.All(["d.code-state", "d.high", "d.low", "d.marked", "d.marked-float", "d.marked-bcd", "d.marked-m10k", "d.marked-sign", "d.marked-float16", "d.span"],
            signal => Assert.True(read.Qualities[signal].GetValueOrDefault(Quality.NotANumber) > 0, $"{signal} never brought a marker"));
    }

    [Theory, InlineData("tcp"), InlineData("serial")]
    public async Task Slaves_and_meters_on_one_line_are_read_back_as_served(string wire)
    {
        Assert.SkipWhen(wire == "serial" && !OperatingSystem.IsLinux(), "a simulated port is a pseudo-terminal of Linux");
        using var site = new SiteOnDisk();
        site.Write("lines/a.yaml", $$"""
            line: a
            connect: {{(wire == "tcp" ? "tcp://127.0.0.1:15033" : "serial:///dev/ttyUSB9?baud=9600&format=8E1")}}
            protocol: modbus-rtu
            devices:
              - device: analyser
                unit: 16
                map: m.csv
                groups: { fast: 1m }
              - device: ascii
                unit: 16
                protocol: modbus-ascii
                map: m.csv
                groups: { fast: 1m }
              - device: meter
                protocol: dlt645
                quiet: 5ms
                address: "151610161510"
                map: meter.csv
                groups: { fast: 1m }
              - device: old-meter
                protocol: dlt645
                quiet: 5ms
                address: "000000100510"
                edition: 1997
                map: meter.csv
                groups: { fast: 1m }
            """);
        site.Write("maps/m.csv", "signal,group,area,address,type,order,states,evidence\nso2,fast,holding,4104,float32,CDAB,,raw\nstate,fast,holding,4106,uint16,,bit0=D else=N,\n");
        site.Write("maps/meter.csv", "signal,group,di\nua,fast,ua\nub,fast,ub\np,fast,p\nenergy,fast,forward-active\n");

        await ReadsAsServed(site.Plant(), polls: 12);
    }

    [Fact]
    public async Task Devices_that_all_speak_something_else_than_their_line_says_are_read_back_as_served()
    {
        using var site = new SiteOnDisk();
        site.Write("lines/a.yaml", """
            line: a
            connect: tcp://127.0.0.1:1
            protocol: modbus-tcp
            devices:
              - device: d
                protocol: modbus-rtu
                map: m.csv
                groups: { fast: 1m }
              - device: e
                protocol: dlt645
                address: "000000000161"
                map: meter.csv
                groups: { fast: 1m }
            """);
        site.Write("maps/meter.csv", "signal,group,di\nua,fast,ua\n");

        await ReadsAsServed(site.Plant(), polls: 2);
    }

    [Fact]
    public async Task Items_of_meters_under_several_names_in_every_format_are_read_back_as_served()
    {
        using var site = new SiteOnDisk();
        site.Write("lines/a.yaml", "line: a\nconnect: tcp://127.0.0.1:1\nprotocol: dlt645\ndevices:\n  - device: d\n    address: \"000000000161\"\n    quiet: 1ms\n    map: m.csv\n    groups: { fast: 1m }\n");
        site.Write("maps/m.csv", """
            signal,group,di,member,format,sign,scale,offset,span,states
            ua,fast,ua,,,,,,,
            ua-primary,fast,ua,,,,100,,,
            ua-share,fast,ua,,,,,,0..220 -> 0..100,
            word,fast,04AA0001,,HHHH,,,,,bit3=D 0x20=M else=N
            word-again,fast,04AA0001,,HHHH,,10,,,
            count,fast,04AA0002,,XXXX,,,,,12=C 1=N
            decimal,fast,04AA0003,,XX.XX,,,,,0=D else=N
            digits,fast,04AA0004,,NNNN,,,,,0080=N 0001=D
            clock,fast,04AA0005,,hhmmss,,,,,
            stamp,fast,04AA0006,,MMDDhhmm,,,,,
            week,fast,04AA0007,,YYMMDDWW,,,,,
            demand,fast,04AA0008,1,XX.XXXX YYMMDDhhmm,yes,,,,
            demand-at,fast,04AA0008,2,XX.XXXX YYMMDDhhmm,yes,,,,

            """);

        var read = await ReadsAsServed(site.Plant(), polls: 30);

        Assert.Equal(["\"D\"", "\"M\"", "\"N\""], read.Values["d.word-state"].Distinct().Order());
        Assert.Equal(["\"D\"", "\"N\""], read.Values["d.digits-state"].Distinct().Order());
    }

    [Fact]
    public async Task Every_item_of_the_table_is_read_back_as_served()
    {
        using var site = new SiteOnDisk();
        site.Write("lines/a.yaml", "line: a\nconnect: tcp://127.0.0.1:1\nprotocol: dlt645\ndevices:\n  - device: d\n    address: \"000000000161\"\n    quiet: 1ms\n    map: m.csv\n    groups: { fast: 1h }\n");
        var map = new StringBuilder("signal,group,di,member\n");
        using var table = new StreamReader(typeof(DriverCatalog).Assembly.GetManifestResourceStream("EdgeGateway.Drivers.Dlt645.items.csv")!); // built in
        foreach (var cells in table.ReadToEnd().Split('\n').Skip(1).Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split(',')))
        {
            var parts = cells[5].Split(' ').Length;
            for (var part = 1; part <= parts; part++) map.Append($"d{cells[0]}-{part},fast,{cells[0]},{(parts > 1 ? $"{part}" : "")}\n");
        }
        site.Write("maps/m.csv", map.ToString());

        await ReadsAsServed(site.Plant(), polls: 2);
    }

    [Fact]
    public void Two_devices_that_are_one_are_refused_by_name()
    {
        using var site = new SiteOnDisk();
        site.Write("lines/a.yaml", LineOf("modbus-tcp", "      fast: 1m\n") + "  - device: e\n    map: n.csv\n    groups:\n      fast: 1m\n");
        site.Write("maps/n.csv", "signal,group,area,address,type\nx,fast,holding,90,uint16\n");

        var fault = SimulatedSite.Refuse(site.Plant(), onFreePorts: true);

        Assert.Contains("d and e", fault, StringComparison.Ordinal);
        Assert.Contains("unit 1", fault, StringComparison.Ordinal);
    }

    /// <summary>Nothing wrong, a value of every signal, and no slot without a value except where the device said that it has none.</summary>
    private static async Task<TwinReading> ReadsAsServed(Plant plant, int polls = Polls)
    {
        Assert.Null(SimulatedSite.Refuse(plant, onFreePorts: true));
        var read = await TwinReading.Of(plant, polls);

        Assert.Equal([], read.Wrong);
        Assert.Equal(plant.Groups.SelectMany(group => group.Signals).Select(signal => signal.Id.Text).Order(StringComparer.Ordinal), read.Qualities.Keys.Order(StringComparer.Ordinal));
        Assert.All(read.Qualities, signal =>
        {
            Assert.All(signal.Value.Keys, quality => Assert.True(quality is Quality.Good or Quality.OutOfRange or Quality.NotANumber, $"{signal.Key} is {quality}"));
            Assert.True(signal.Value.Any(pair => pair.Key != Quality.NotANumber), $"{signal.Key} never brought a value");
        });
        return read;
    }

    private static string LineOf(string protocol, string groups) =>
        $"line: a\nconnect: tcp://127.0.0.1:1\nprotocol: {protocol}\ndevices:\n  - device: d\n    map: m.csv\n    timeout: 20s\n    groups:\n{groups}";

    private static string EveryType()
    {
        var map = new StringBuilder("signal,group,area,address,type,order,bit,length,evidence\n");
        var address = 0;
        string[] fourWords = ["int64", "uint64", "float64", "bcd64", "m10k64"];
        string[] simple = ["int16", "uint16", "sign16", "bcd16", "float16", "time-bcd", "time-6", "time-iec870"];
        foreach (var type in WordTypes)
            foreach (var order in (string[])["ABCD", "CDAB", "BADC", "DCBA", .. fourWords.Contains(type) ? (string[])["CDABGHEF", "EFGHABCD"] : []])
                Add(type, order);
        foreach (var type in simple)
            foreach (var order in (string[])["ABCD", "BADC"]) Add(type, order);
        foreach (var type in (string[])["string", "ascii", "gbk", "char-high", "char-low"])
            foreach (var order in (string[])["ABCD", "BADC"])
                foreach (var length in (int[])[1, 5, 8]) Add(type, order, length: length);
        foreach (var type in (string[])["int8-high", "int8-low", "uint8-high", "uint8-low"]) Add(type, "");
        Add("bool", "", bit: 9);
        return map.ToString();

        void Add(string type, string order, int? length = null, int? bit = null)
        {
            foreach (var area in (string[])["holding", "input"])
                map.Append($"{type}-{(order.Length > 0 ? order : "plain")}-{length}{(area == "input" ? "i" : "h")},fast,{area},{address},{type},{order},{bit},{length},raw\n");
            address += 10;
        }
    }
}
