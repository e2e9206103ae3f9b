using EdgeGateway.Commands;
using EdgeGateway.Config;
using EdgeGateway.PlantSimulator;

namespace EdgeGateway.SystemTests.FaultProgramme.SimulatedTime;

/// <summary>
/// Two lines with three devices and 14 signals or more, written as a site folder and loaded as any other. Each patience in it is one that nothing else has, so
/// that the clock can tell who waits for whom; periods and lingers must keep clear of them and of each other, quarters of a period included.
/// </summary>
internal static class SmallPlant
{
    /// <summary>How long a publish, a ping and the dialling may take; the last two are the program's own constants.</summary>
    public static readonly TimeSpan AckTimeout = TimeSpan.FromSeconds(29);
    public static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(31);
    public static readonly TimeSpan MqttConnect = TimeSpan.FromSeconds(15);
    public static readonly TimeSpan Dial = TimeSpan.FromSeconds(3);

    private const string Header = "signal,name_zh,name_en,group,area,address,type,order,bit,scale,unit,factor,role,min,max\n";

    /// <summary>How long each line's devices may take for an answer.</summary>
    public static readonly IReadOnlyDictionary<string, TimeSpan> AnswerTimeouts = new Dictionary<string, TimeSpan>
    {
        ["gas"] = TimeSpan.FromMilliseconds(337),
        ["meters"] = TimeSpan.FromMilliseconds(341),
    };

    /// <param name="folder">Where the site folder is written.</param>
    /// <param name="period">Of the fast groups; the slow one has ten of them.</param>
    /// <param name="linger">The longest a reading waits before it is sealed.</param>
    /// <param name="registers">Further signals of each of the two meters.</param>
    /// <param name="storeBytes">The store's <c>max-size</c>.</param>
    public static Plant Load(string folder, TimeSpan period, TimeSpan linger, int registers, long storeBytes)
    {
        Directory.CreateDirectory(Path.Combine(folder, "lines"));
        Directory.CreateDirectory(Path.Combine(folder, "maps"));
        File.WriteAllText(Path.Combine(folder, "site.yaml"), "site: sim\ngateway: gw-1\ntitle: A small plant\nbroker:\n  urls:\n    - mqtt://127.0.0.1:1883\n");
        File.WriteAllText(Path.Combine(folder, "maps", "gas.csv"), Header
            + "so2,,,fast,holding,0,float32,CDAB,,,mg/m3,a21026,outlet.so2,0,1000\n"
            + "no,,,fast,holding,2,float32,CDAB,,,mg/m3,a21003,outlet.no,0,1000\n"
            + "o2,,,fast,holding,4,float32,CDAB,,,%,a19001,outlet.o2,0,25\n"
            + "temp,,,fast,holding,6,uint16,,,0.1,℃,a01012,outlet.temp,0,300\n"
            + "serial,,,slow,holding,40,uint32,,,,,,,,\n"
            + "flow-total,,,slow,holding,42,uint32,,,0.01,m3,,,,\n");
        File.WriteAllText(Path.Combine(folder, "maps", "meter.csv"), Header
            + "energy,,,fast,input,0,uint32,,,0.01,kWh,,,,\n"
            + "power,,,fast,input,2,float32,,,,kW,,,,\n"
            + "u1,,,fast,input,4,uint16,,,0.1,V,,,,\n"
            + "i1,,,fast,input,5,uint16,,,0.01,A,,,,\n"
            + string.Concat(Enumerable.Range(0, registers).Select(i => $"more-{i},,,fast,input,{6 + i},uint16,,,0.1,,,,,\n")));
        File.WriteAllText(Path.Combine(folder, "lines", "gas.yaml"), LineOf("gas", 1502, ("gas-1", 1, "gas.csv")) + SlowGroup(period));
        File.WriteAllText(Path.Combine(folder, "lines", "meters.yaml"), LineOf("meters", 2502, ("meter-1", 1, "meter.csv"), ("meter-2", 2, "meter.csv")));
        var load = PlantLoader.Load(folder);
        var plant = load.Plant ?? throw new InvalidOperationException(string.Join("; ", load.Faults));
        return plant with { Recording = plant.Recording with { Linger = linger }, Outbox = plant.Outbox with { MaxBytes = storeBytes } };

        string LineOf(string name, int port, params (string Device, int Unit, string Map)[] devices) =>
            $"line: {name}\nconnect: tcp://127.0.0.1:{port}\nprotocol: modbus-tcp\ndevices:\n" + string.Concat(devices.Select(device =>
                $"  - device: {device.Device}\n    unit: {device.Unit}\n    timeout: {AnswerTimeouts[name].TotalMilliseconds:0}ms\n    map: {device.Map}\n    groups:\n      fast: {period.TotalSeconds:0}s\n"));
    }

    /// <summary>The plant, its lines pointed at their simulated twins and its uplink at <paramref name="broker"/>.</summary>
    public static Plant Pointed(this Plant plant, SimulatedPlant simulated, Uri broker) => plant.PointedAt(simulated) with
    {
        Broker = plant.Broker with { Urls = [broker], AckTimeout = AckTimeout, KeepAlive = KeepAlive },
    };

    private static string SlowGroup(TimeSpan period) => $"      slow: {10 * period.TotalSeconds:0}s\n";
}
