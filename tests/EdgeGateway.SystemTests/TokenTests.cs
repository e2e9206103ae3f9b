namespace EdgeGateway.SystemTests;

/// <summary>The signing key on a PKCS#11 token: SoftHSM in the place of a USB key or a TPM.</summary>
public sealed class TokenTests : IDisposable
{
    private const string Pin = "canary-4711";

    private readonly TemporaryFolder _folder = new();
    private readonly SiteCopy _site;
    private readonly string _tool;
    private readonly string _module;

    public TokenTests()
    {
        (_tool, _module) = RealPart.SoftHsm();
        _site = new SiteCopy(_folder.Sub("site"), "mqtt://127.0.0.1:1");
        Directory.CreateDirectory(Tokens);
        File.WriteAllText(_folder.Sub("softhsm2.conf"), $"directories.tokendir = {Tokens}\nobjectstore.backend = file\nlog.level = ERROR\n");
        File.WriteAllText(PinFile, Pin + "\n");
        _site.Append("site.yaml", $"\nsigning:\n  key: pkcs11\n  pkcs11-library: {_module}\n  token: plant\n  pin-file: {PinFile}\n");
    }

    private string Tokens => _folder.Sub("tokens");

    private string PinFile => _folder.Sub("pin");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_key_made_on_a_token_signs_and_never_leaves_it()
    {
        await MakeToken();
        await RunOnce();
        Assert.StartsWith("pkcs11:", File.ReadAllText(Path.Combine(_site.State, "keys", "signing.ref")), StringComparison.Ordinal);
        Assert.False(File.Exists(_site.SigningKey));
        await Exported();
    }

    [Fact]
    public async Task The_pin_is_in_no_log_and_in_no_file_of_the_state_folder()
    {
        await MakeToken();
        await using var gateway = Run();
        await gateway.Says("recording as boot");
        await gateway.Stops();
        Assert.DoesNotContain(Pin, gateway.Said, StringComparison.Ordinal);
        Assert.All(Directory.GetFiles(_site.State, "*", SearchOption.AllDirectories), file => Assert.Equal(-1, File.ReadAllBytes(file).AsSpan().IndexOf("canary-4711"u8)));
    }

    [Fact]
    public async Task A_token_that_is_pulled_out_stops_nothing_and_signs_what_waited_when_it_is_back()
    {
        await MakeToken();
        await RunOnce();
        Directory.Move(Tokens, _folder.Sub("pulled"));
        Directory.CreateDirectory(Tokens);
        await using (var gateway = Run())
        {
            await gateway.Says("recording as boot");
            await gateway.Says("the signing key cannot be used");
            Directory.Delete(Tokens);
            Directory.Move(_folder.Sub("pulled"), Tokens);
            await gateway.Says("the signing key works again");
            await gateway.Stops();
        }
        await Exported();
    }

    [Fact]
    public async Task A_wrong_pin_is_said_and_mended_without_a_restart()
    {
        await MakeToken();
        await RunOnce();
        File.WriteAllText(PinFile, "0000\n");
        await using var gateway = Run();
        await gateway.Says("has refused its PIN");
        File.WriteAllText(PinFile, Pin + "\n");
        await gateway.Says("the signing key works again");
        await gateway.Stops();
        await Exported();
    }

    [Fact]
    public async Task Without_its_token_a_new_gateway_says_what_is_missing()
    {
        await using var gateway = Run();
        await gateway.Ends(2);
        Assert.Contains("plant", gateway.Errors, StringComparison.Ordinal);
        Assert.Contains("signing.token", gateway.Errors, StringComparison.Ordinal);
    }

    private async Task RunOnce()
    {
        await using var gateway = Run();
        await gateway.Says("recording as boot");
        await gateway.Stops();
    }

    private async Task Exported()
    {
        var lines = _folder.Sub("lines.egb1");
        await using (await RunningProgram.GatewayToEnd(0, "export", "--state", _site.State, "--out", lines, "--overwrite"))
        {
        }
        await Judgement.Clean(_site.SigningCertificate, lines);
    }

    private RunningProgram Run() => RunningProgram.Start("env", [$"SOFTHSM2_CONF={_folder.Sub("softhsm2.conf")}", .. RunningProgram.GatewayCommand, "run", "--site", _site.Folder]);

    private async Task MakeToken()
    {
        await using var tool = RunningProgram.Start("env", $"SOFTHSM2_CONF={_folder.Sub("softhsm2.conf")}", _tool, "--init-token", "--free", "--label", "plant", "--so-pin", "12345678", "--pin", Pin);
        await tool.Ends(0);
    }
}
