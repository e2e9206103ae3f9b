namespace EdgeGateway.SystemTests;

/// <summary>The disk under the store fills up and is freed again.</summary>
public sealed class FullDiskTests
{
    [Fact]
    public async Task A_full_disk_stops_nothing_and_once_there_is_room_the_chain_goes_on()
    {
        using var folder = new TemporaryFolder();
        await using var disk = await TemporaryDisk.Mounted(folder.Sub("disk"), "size=4m");
        await using var platform = new Platform();
        await platform.Start();
        var site = new SiteCopy(folder.Sub("site"), platform.Url);
        await using var plant = await site.Simulated();
        var state = Path.Combine(disk.Path, "state");
        await using var gateway = site.Run(state);
        await gateway.Says("recording as boot");
        disk.Fill();
        await gateway.Says("the store does not take segments");
        // A while without a disk: the lines are still asked, or wait; nothing ends.
        await Task.Delay(TimeSpan.FromSeconds(5), TimeProvider.System, CancellationToken.None);
        Assert.False(gateway.HasEnded, $"{gateway}");
        disk.Free();
        await gateway.Says("the store takes segments again");
        var before = platform.QualitiesOf("dcs-1.load").Count;
        await gateway.Until(() => platform.QualitiesOf("dcs-1.load").Count >= before + 3, "three more slots at the platform");
        await gateway.Stops();
        Assert.Equal(1, gateway.Times("the store does not take segments"));
        await Judgement.Clean(Path.Combine(state, "keys", "signing.crt"), platform.Save(folder.Sub("received.egb1")));
    }
}
