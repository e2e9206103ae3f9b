using System.Text;
using EdgeGateway.Acquisition;
using EdgeGateway.Commands.Probe;
using EdgeGateway.Config;
using EdgeGateway.Drivers;
using EdgeGateway.Drivers.Links;

namespace EdgeGateway.Tests.Config;

/// <summary>The device maps that come with the program: without faults, with a source, and right about constructed registers.</summary>
public sealed class MapTemplateTests
{
    public static TheoryData<string> Names => [.. MapTemplate.All.Select(template => template.Name)];

    [Theory, MemberData(nameof(Names))]
    public void A_template_says_what_it_is_and_has_no_faults(string name)
    {
        var template = MapTemplate.All.Single(template => template.Name == name);
        using var site = SiteWith(template, 502);

        Assert.Equal([], site.Load().Faults);
        Assert.NotEmpty(template.Title);
        Assert.NotEmpty(template.Source);
        Assert.Contains(template.Verified, (string[])["document", "typical"]);
        Assert.Subset(new HashSet<string> { "fast", "slow" }, template.Groups.ToHashSet());
    }

    /// <summary>The registers are written out by hand: 41C80000 is 25.0, 447A0000 1000.0, 3F800000 1.0, 42F6E979 123.456.</summary>
    [Theory]
    [InlineData("siemens-ga700", "3:0x000E=41C80000 3:0x0010=00800000 3:0x000C=0006", "c2=25 c2-raw=\"41C80000\" c2-status=128 c2-status-state=\"N\" c2-gas=6")]
    [InlineData("siemens-ga700", "3:4=003C0000 3:0x4C=00240000 3:0x0102=0002", "c1-status-state=\"C\" p2-status-state=\"D\" c3-status-state=- global-status=2")]
    [InlineData("sick-marsic300", "4:1000=41C80000 4:1020=3F800000 2:1004=1", "so2=25 o2=1 live-state=\"N\" malfunction-state=\"N\" so2-raw=\"41C80000\"")]
    [InlineData("sick-marsic300", "2:1000=1 2:1025=1", "live-state=\"M\" malfunction-state=\"D\" span-state=\"C\"")]
    [InlineData("sick-mcs100ft", "4:138=000041C8 4:150=E97942F6 4:170=0000447A 2:4003=1 2:4485=1", "hcl=25 so2=123.456 nox=1000 measuring-state=\"N\" purge-state=\"purge\" fault-state=\"N\"")]
    [InlineData("thermo-42i", "3:0=000041C80000447A00003F80", "no=25 no2=1000 nox=1")]
    [InlineData("thermo-43i", "3:0=E97942F6", "so2=123.456 so2-raw=\"E97942F6\"")]
    [InlineData("horiba-hebei", "3:0=000041C80000447A 3:14=00003F80", "so2-corrected=25 so2=1000 co=1")]
    [InlineData("fpi-cems2000d-so2", "3:0=000041C8", "so2=25")]
    [InlineData("fpi-cems2000d-nox", "3:0=0000447A000041C800003F80", "nox=1000 no=25 no2=1")]
    [InlineData("fpi-synspec", "4:2=000041C8 4:0x15=0003", "dust=25 work-state=3")]
    [InlineData("kaier-unimat120", "3:0x1000=41C80000447A00003F800000", "so2=25 no=1000 o2=1")]
    [InlineData("sdl-scs900", "3:0x0FA0=159A6C00 3:0x0FA8=40CD 3:0x0F9B=0005", "so2=0 no=750 pressure=0 state=5 state-state=\"C\" no-raw=\"6C00\"")]
    [InlineData("sdl-scs900", "3:0x0F9B=0001", "state-state=\"N\"")]
    [InlineData("chint-dtsu666", "3:0x2006=450FC000 3:0x2044=459C4000 3:0x101E=41C80000", "ua=230 f=50 import=25")]
    [InlineData("eastron-sdm630", "4:0=43660000 4:0x34=447A0000 4:0x48=41C80000", "ua=230 p=1000 import=25")]
    [InlineData("schneider-iem3000", "3:0x0BD3=43660000 3:0x0BF3=41C80000 3:0x0C83=00000000000F4241", "ua=230 p=25 import=1000.001")]
    [InlineData("siemens-pac2200", "4:1=43660000 4:801=405EDD2F1A9FBE77", "ua=230 import=123.456")]
    [InlineData("acrel-adw300", "3:20=08FD 3:26=01F4 3:36=FFFFFF9C 3:62=000186A1", "ua=230.1 ia=5.00 p=-100 energy=1000.01")]
    public async Task A_template_reads_constructed_registers_right(string name, string registers, string expected)
    {
        await using var slave = new RegisterSlave(registers);
        using var site = SiteWith(MapTemplate.All.Single(template => template.Name == name), slave.Port);
        var read = await Read(site.Plant());

        Assert.Equal(expected.Split(' ').Order(), expected.Split(' ').Select(pair => pair.Split('=')[0]).Select(signal => $"{signal}={read[signal]}").Order());
    }

    [Fact]
    public void Every_template_is_read_in_a_test()
    {
        var read = typeof(MapTemplateTests).GetMethod(nameof(A_template_reads_constructed_registers_right))!.GetCustomAttributesData()
            .Where(data => data.AttributeType == typeof(InlineDataAttribute))
            .Select(data => (string)((IReadOnlyList<System.Reflection.CustomAttributeTypedArgument>)data.ConstructorArguments[0].Value!)[0].Value!);
        Assert.Equal(MapTemplate.All.Select(template => template.Name), read.Distinct().Order(StringComparer.Ordinal));
    }

    private static SiteOnDisk SiteWith(MapTemplate template, int port)
    {
        var site = new SiteOnDisk();
        site.Write("maps/m.csv", Encoding.UTF8.GetBytes(template.Text));
        site.Write("lines/a.yaml", $"line: a\nconnect: tcp://127.0.0.1:{port}\nprotocol: modbus-tcp\ndevices:\n  - device: d\n    map: m.csv\n    timeout: 20s\n    groups:\n{string.Concat(template.Groups.Select(group => $"      {group}: 1m\n"))}");
        return site;
    }

    private static async Task<Dictionary<string, string>> Read(Plant plant)
    {
        var line = plant.Lines[0];
        await using var link = await LinkDial.For(line.Connect, TimeProvider.System).DialAsync(CancellationToken.None);
        var driver = line.Protocol.Create("a", TimeProvider.System);
        await driver.AttachAsync(link, CancellationToken.None);
        var read = new Dictionary<string, string>();
        foreach (var group in plant.Groups)
        {
            var sink = new ProbeSink(group.Signals.Length);
            await driver.ReadAsync(group.Poll, sink, CancellationToken.None);
            for (var i = 0; i < group.Signals.Length; i++)
                read[group.Signals[i].Id.Text[2..]] = ProbeText.Of(Normaliser.Normalise(group.Signals[i], sink.SampleOf(i)).Value);
        }
        return read;
    }
}
