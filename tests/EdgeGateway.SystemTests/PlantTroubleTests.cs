namespace EdgeGateway.SystemTests;

/// <summary>What a plant does to a gateway: it goes on, says so once, and every slot tells why it has no value.</summary>
public sealed class PlantTroubleTests
{
    private const int Good = 0;
    private const int NotConnected = 1;
    private const int IllegalAddress = 5;

    [Fact]
    public async Task A_line_whose_port_is_refused_is_not_connected_and_the_others_go_on()
    {
        using var folder = new TemporaryFolder();
        await using var platform = new Platform();
        await platform.Start();
        var site = new SiteCopy(folder.Sub("site"), platform.Url);
        var served = site.Again(folder.Sub("served"));
        served.Delete("lines/cems-1.yaml");
        served.Delete("plant.yaml"); // it names signals of that line
        await using var plant = await served.Simulated();
        await using var gateway = site.Run();
        await gateway.Says("line cems-1 is down");
        await gateway.Until(() => platform.QualitiesOf("cems-1.so2").Count >= 4 && platform.QualitiesOf("cems-2.so2").Count >= 4, "four slots of both cabinets");
        await gateway.Stops();
        Assert.All(platform.QualitiesOf("cems-1.so2"), quality => Assert.Equal(NotConnected, quality));
        Assert.All(platform.QualitiesOf("cems-2.so2"), quality => Assert.Equal(Good, quality));
        Assert.Equal(1, gateway.Times("line cems-1 is down"));
        await Judgement.Clean(site.SigningCertificate, platform.Save(folder.Sub("received.egb1")));
    }

    [Fact]
    public async Task An_address_outside_the_device_costs_only_its_own_signal()
    {
        using var folder = new TemporaryFolder();
        await using var platform = new Platform();
        await platform.Start();
        var site = new SiteCopy(folder.Sub("site"), platform.Url);
        await using var plant = await site.Simulated();
        site.Append("maps/cems-gas.csv", "nowhere,无,no such register,fast,holding,9000,uint16,,,,,,,,\n");
        await using var gateway = site.Run();
        await gateway.Until(() => platform.QualitiesOf("cems-1.nowhere").Count(quality => quality == IllegalAddress) >= 3 && platform.QualitiesOf("cems-1.so2").Count >= 3, "three slots of the cabinet");
        await gateway.Stops();
        Assert.All(OnceConnected("cems-1.nowhere"), quality => Assert.Equal(IllegalAddress, quality));
        foreach (var signal in new[] { "cems-1.so2", "cems-1.flow", "cems-1.fault", "meter-3.pf" })
            Assert.All(OnceConnected(signal), quality => Assert.Equal(Good, quality));
        await Judgement.Clean(site.SigningCertificate, platform.Save(folder.Sub("received.egb1")));

        // On a busy machine a slot or two may pass before the line is up.
        IEnumerable<int> OnceConnected(string signal) => platform.QualitiesOf(signal).SkipWhile(quality => quality == NotConnected);
    }

    [Fact]
    public async Task Without_a_broker_it_says_so_once_keeps_everything_and_delivers_when_there_is_one()
    {
        using var folder = new TemporaryFolder();
        await using var platform = new Platform();
        await platform.Start(); // so that it has an address
        await platform.Stop();
        var site = new SiteCopy(folder.Sub("site"), platform.Url);
        await using var plant = await site.Simulated();
        await using var gateway = site.Run();
        await gateway.Says("uplink: broker mqtt://127.0.0.1");
        await gateway.Says("line meters-1 is up");
        // Several attempts later it still runs and has said it once.
        await Task.Delay(TimeSpan.FromSeconds(4), TimeProvider.System, CancellationToken.None);
        Assert.False(gateway.HasEnded, $"{gateway}");
        Assert.Equal(1, gateway.Times("uplink: "));
        await platform.Start();
        await gateway.Says("connected to");
        await gateway.Until(() => platform.QualitiesOf("dcs-1.load").Count >= 6, "six slots at the platform");
        await gateway.Stops();
        var verdict = await Judgement.Clean(site.SigningCertificate, platform.Save(folder.Sub("received.egb1")));
        Assert.All(verdict.GetProperty("streams").EnumerateArray(), stream => Assert.Equal(1, stream.GetProperty("lo").GetInt64()));
    }
}
