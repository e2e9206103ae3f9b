namespace EdgeGateway.SystemTests;

/// <summary>A state folder or a key that cannot be used: exit code 2, and a message that names it and what to do.</summary>
public sealed class StateFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SiteCopy _site;

    public StateFolderTests() => _site = new SiteCopy(_folder.Sub("site"), "mqtt://127.0.0.1:1");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_file_in_the_place_of_the_state_folder_is_named()
    {
        var file = _folder.Sub("file");
        File.WriteAllText(file, "");
        await Refused(file, file, "--state");
    }

    [Fact]
    public async Task A_state_folder_that_cannot_be_written_is_named()
    {
        await using var disk = await TemporaryDisk.Mounted(_folder.Sub("disk"), "size=1m,ro");
        await Refused(disk.Path, disk.Path, "--state");
    }

    [Fact]
    public async Task A_second_gateway_on_the_same_state_folder_is_refused_and_the_first_goes_on()
    {
        await using var first = _site.Run();
        await first.Says("recording as boot");
        await Refused(_site.State, "in use by another gateway process", "--state");
        await first.Stops();
    }

    [Fact]
    public async Task A_signing_key_that_others_can_read_is_refused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Unix file modes");
        await RunOnce();
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_site.SigningKey, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        await Refused(_site.State, _site.SigningKey, "chmod 600");
    }

    [Fact]
    public async Task A_used_store_without_its_key_goes_on_under_its_own_identity_and_waits_for_the_key()
    {
        await RunOnce();
        File.Delete(_site.SigningKey);
        await using var gateway = _site.Run();
        await gateway.Says("recording as boot");
        await gateway.Says("put the key back");
        await gateway.Stops();
        Assert.False(File.Exists(_site.SigningKey));
    }

    [Fact]
    public async Task A_signing_key_that_does_not_belong_to_its_certificate_is_refused()
    {
        await RunOnce();
        await using (var other = _site.Run(_folder.Sub("other")))
        {
            await other.Says("recording as boot");
            await other.Stops();
        }
        File.Copy(_folder.Sub("other", "keys", "signing.crt"), _site.SigningCertificate, overwrite: true);
        await Refused(_site.State, "does not belong to", "put the matching pair back");
    }

    private async Task RunOnce()
    {
        await using var gateway = _site.Run();
        await gateway.Says("recording as boot");
        await gateway.Stops();
    }

    private async Task Refused(string state, params string[] said)
    {
        await using var gateway = await RunningProgram.GatewayToEnd(2, "run", "--site", _site.Folder, "--state", state);
        foreach (var text in said) Assert.Contains(text, gateway.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at EdgeGateway.", gateway.Said, StringComparison.Ordinal); // a message, no stack trace
    }
}
