namespace EdgeGateway.SystemTests;

/// <summary>The disk under the store fills up and is freed again.</summary>
public sealed class FullDiskTests
{
    [Fact]
    public async Task A_full_disk_is_not_even_noticed_while_the_journal_has_room()
    {
        using var folder = new TemporaryFolder();
        await using var disk = await TemporaryDisk.Mounted(folder.Sub("disk"), "size=12m");
        await using var platform = new Platform();
        await platform.Start();
        var site = new SiteCopy(folder.Sub("site"), platform.Url);
        await using var plant = await site.Simulated();
        var state = Path.Combine(disk.Path, "state");
        await using var gateway = site.Run(state);
        await gateway.Says("recording as boot");
        disk.Fill();
        var before = platform.QualitiesOf("dcs-1.load").Count;
        await gateway.Until(() => platform.QualitiesOf("dcs-1.load").Count >= before + 5, "five more slots at the platform");
        disk.Free();
        await gateway.Stops();
        Assert.Equal(0, gateway.Times("the store does not take segments"));
        await Judgement.Clean(Path.Combine(state, "keys", "signing.crt"), platform.Save(folder.Sub("received.egb1")));
    }
}
