namespace EdgeGateway.SystemTests;

/// <summary>The demo, as somebody sees it who has just cloned the repository and pipes it into a file.</summary>
public sealed class DemoTests
{
    [Fact]
    public async Task It_proves_itself_in_plain_lines()
    {
        await using var demo = await RunningProgram.GatewayToEnd(0, "demo", "--duration", "12s", "--site", Repository.PathOf("config"));
        Assert.Contains("VERDICT: clean.", demo.Output, StringComparison.Ordinal);
        Assert.Contains("Writes to plant equipment: 0.", demo.Output, StringComparison.Ordinal);
        Assert.Equal("", demo.Errors);
        Assert.DoesNotContain('\u001b', demo.Output);
        Assert.DoesNotContain('\r', demo.Output);
    }

    [Fact]
    public async Task Devices_that_dial_in_are_simulated_and_proved_like_others()
    {
        using var site = new TemporaryFolder();
        WriteDialIns(site, "allow=10.0.0.0/8");

        await using var demo = await RunningProgram.GatewayToEnd(0, "demo", "--duration", "12s", "--site", site.Path);

        Assert.Contains("VERDICT: clean.", demo.Output, StringComparison.Ordinal);
        Assert.Contains("listen://127.0.0.1:", demo.Output, StringComparison.Ordinal);
        Assert.Matches(@"Values: [1-9]\d* of [1-9]\d* exactly", demo.Output);
    }

    [Fact]
    public async Task Devices_that_may_not_dial_in_from_here_are_not_simulated_in_place()
    {
        using var site = new TemporaryFolder();
        WriteDialIns(site, "allow=10.0.0.0/8");

        await using var simulator = await RunningProgram.GatewayToEnd(2, "simulate", "--site", site.Path);

        Assert.Contains("line bus: its devices may not dial in from this computer", simulator.Errors, StringComparison.Ordinal);
    }

    private static void WriteDialIns(TemporaryFolder site, string allow)
    {
        Write("site.yaml", "site: s\ngateway: g\nbroker:\n  urls: [mqtt://127.0.0.1]\n");
        Write("lines/tcp.yaml", $"line: tcp\nconnect: listen://0.0.0.0:15100?id=DTU-1&heartbeat=ping&{allow}\nprotocol: modbus-tcp\ndevices:\n  - {{ device: plc, map: plc.csv, groups: {{ fast: 500ms }} }}\n");
        Write("lines/bus.yaml", $$"""
            line: bus
            connect: listen://0.0.0.0:15100?id=0x00025CA1&heartbeat=0xFE&{{allow}}
            protocol: modbus-rtu
            devices:
              - device: rtu
                map: plc.csv
                groups: { fast: 2s }
              - device: meter
                protocol: dlt645
                address: "151610161510"
                map: meter.csv
                groups: { fast: 2s }
            """);
        Write("maps/plc.csv", "signal,group,area,address,type\nso2,fast,holding,0,int16\no2,fast,input,4,uint32\n");
        Write("maps/meter.csv", "signal,group,di\nua,fast,ua\nenergy,fast,forward-active\n");

        void Write(string file, string text)
        {
            var path = Path.Combine(site.Path, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }
    }

    [Fact]
    public async Task A_site_of_states_markers_raw_registers_and_several_protocols_on_a_line_is_proved_too()
    {
        using var site = new TemporaryFolder();
        Write("site.yaml", "site: s\ngateway: g\nbroker:\n  urls: [mqtt://127.0.0.1]\n");
        Write("lines/tcp.yaml", "line: tcp\nconnect: tcp://127.0.0.1:15031\nprotocol: modbus-tcp\ndevices:\n  - device: plc\n    map: plc.csv\n    word-order: CDAB\n    groups: { fast: 500ms, slow: 2s }\n");
        Write("lines/bus.yaml", """
            line: bus
            connect: tcp://127.0.0.1:15032
            protocol: modbus-rtu
            devices:
              - device: rtu
                unit: 16
                map: bus.csv
                groups: { fast: 2s }
              - device: ascii
                unit: 16
                protocol: modbus-ascii
                map: bus.csv
                groups: { fast: 2s }
              - device: meter
                protocol: dlt645
                address: "151610161510"
                map: meter.csv
                groups: { fast: 2s }
            """);
        Write("maps/plc.csv", """
            signal,group,area,address,type,order,bits,invalid,span,states,status,evidence
            so2,fast,holding,0,int16,,,32767,5530..27648 -> 0..750,,word,raw
            o2,fast,holding,1,float32,,,NaN,4..20 -> 0..25,,word,raw
            word,fast,holding,3,uint16,,,,,bit0=D bit2=C bit1=N,,raw
            word-low,slow,holding,3,uint16,,0..3,,,,,
            total,slow,holding,4,m10k64,EFGHABCD,,,,,,raw
            clock,slow,holding,8,time-iec870,,,,,,,raw
            run,slow,coil,7,,,,,,1=N 0=F,,
            """);
        Write("maps/bus.csv", "signal,group,area,address,type,states,evidence\nno,fast,input,4104,float16,,raw\nstate,fast,input,4105,uint8-high,0x80=N 0x3C=C,\n");
        Write("maps/meter.csv", "signal,group,di,scale,states\nua,fast,ua,,\nua-primary,fast,ua,100,\nenergy,fast,forward-active,,\n");

        await using var demo = await RunningProgram.GatewayToEnd(0, "demo", "--duration", "12s", "--site", site.Path);

        Assert.Contains("VERDICT: clean.", demo.Output, StringComparison.Ordinal);
        // Markers, and codes without a state; nothing else kept a value from its slot, but that a busy machine comes late to one.
        Assert.Matches(@"slots carry a reason instead of a value \((\d+ Skipped, )?\d+ NotANumber(, \d+ Skipped)?\)\.", demo.Output);
        Assert.Equal("", demo.Errors);

        void Write(string path, string text)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(site.Sub(path))!); // not null: it is below the site folder
            File.WriteAllText(site.Sub(path), text);
        }
    }

    [Fact]
    public async Task A_second_demo_in_the_same_folder_goes_on_where_the_first_ended()
    {
        using var folder = new TemporaryFolder();
        for (var run = 1; run <= 2; run++)
        {
            await using var demo = await RunningProgram.GatewayToEnd(0, "demo", "--duration", "4s", "--site", Repository.PathOf("config"), "--state", folder.Path);
            Assert.Contains("VERDICT: clean.", demo.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("has not got everything", demo.Output, StringComparison.Ordinal);
            Assert.Equal(run == 2, demo.Output.Contains("readings of earlier demos in this folder", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task It_proves_itself_whatever_is_broken()
    {
        string[] breakages = ["broker", "device", "link"];
        using var folder = new TemporaryFolder();
        // Side by side: they mostly wait.
        var demos = breakages.Select(breakage => RunningProgram.Gateway(
            "demo", "--duration", "12s", "--break", breakage, "--site", Repository.PathOf("config"), "--state", folder.Sub(breakage))).ToList();
        try
        {
            foreach (var (breakage, demo) in breakages.Zip(demos))
            {
                await demo.Ends(0);
                Assert.Contains("Broken on purpose", demo.Output, StringComparison.Ordinal);
                Assert.Contains("Mended.", demo.Output, StringComparison.Ordinal);
                Assert.Contains("VERDICT: clean.", demo.Output, StringComparison.Ordinal);
                await Judgement.CleanForBoth(folder.Sub(breakage, "gateway", "keys", "signing.crt"), folder.Sub(breakage, "receiver", "received.egb1"));
            }
        }
        finally
        {
            foreach (var demo in demos) await demo.DisposeAsync();
        }
    }
}
