using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EdgeGateway.SystemTests;

/// <summary>The life of signing keys by the program's own commands.</summary>
public sealed class KeysTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SiteCopy _site;

    public KeysTests() => _site = new SiteCopy(_folder.Sub("site"), "mqtt://127.0.0.1:1");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("es256")]
    [InlineData("sm2")]
    [InlineData("both")]
    public async Task A_key_is_rotated_while_the_gateway_runs_and_both_verifiers_follow(string profile)
    {
        _site.Append("site.yaml", $"\nsigning:\n  profile: {profile}\n");
        var (algorithm, name) = profile == "sm2" ? ("sm2", "signing-sm2") : ("es256", "signing");
        await using (var gateway = _site.Run())
        {
            await gateway.Says("recording as boot");
            File.Copy(Path.Combine(_site.State, "keys", name + ".crt"), _folder.Sub("first.crt"));
            await using var rotate = await Keys(0, "rotate", "--site", _site.Folder, "--algorithm", algorithm);
            await gateway.Says("the signing key is replaced");
            await gateway.Stops();
        }
        await using (var again = _site.Run())
        {
            await again.Says("recording as boot");
            await again.Stops();
        }
        Assert.NotEqual(File.ReadAllText(_folder.Sub("first.crt")), File.ReadAllText(Path.Combine(_site.State, "keys", name + ".crt")));
        await Exported(_folder.Sub("first.crt"));
    }

    [Fact]
    public async Task A_rotation_asked_for_while_the_gateway_stands_still_comes_with_its_next_start()
    {
        await RunOnce();
        File.Copy(_site.SigningCertificate, _folder.Sub("first.crt"));
        await using (await Keys(0, "rotate", "--site", _site.Folder))
        {
        }
        await using (var gateway = _site.Run())
        {
            await gateway.Says("the signing key is replaced");
            await gateway.Stops();
        }
        await Exported(_folder.Sub("first.crt"));
    }

    [Fact]
    public async Task A_request_is_certified_accepted_and_comes_into_force()
    {
        await RunOnce();
        File.Copy(_site.SigningCertificate, _folder.Sub("first.crt"));
        File.WriteAllText(_folder.Sub("code"), "K7-3319\n");
        await using var request = await Keys(0, "csr", "--site", _site.Folder, "--new", "--code-file", _folder.Sub("code"));
        Assert.DoesNotContain("K7-3319", request.Said, StringComparison.Ordinal);
        var file = Path.Combine(_site.State, "keys", "next.csr");
        await using var inspected = await Keys(0, "inspect", file);
        Assert.Equal(LineOf(request.Output, "key SHA-256"), LineOf(inspected.Output, "key SHA-256"));

        File.WriteAllBytes(_folder.Sub("issued.crt"), Issue(File.ReadAllText(file)));
        await using (await Keys(0, "accept", _folder.Sub("issued.crt"), "--site", _site.Folder))
        {
        }
        await using (var gateway = _site.Run())
        {
            await gateway.Says("the signing key is replaced");
            await gateway.Stops();
        }
        await using var shown = await Keys(0, "show", "--state", _site.State);
        Assert.Equal(LineOf(request.Output, "key SHA-256"), LineOf(shown.Output, "key SHA-256"));
        Assert.Contains("CN=authority", LineOf(shown.Output, "issuer"), StringComparison.Ordinal);
        await Exported(_folder.Sub("first.crt"));
    }

    [Fact]
    public async Task A_certificate_for_somebody_else_is_refused_by_name()
    {
        await RunOnce();
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=other", other, HashAlgorithmName.SHA256);
        File.WriteAllBytes(_folder.Sub("other.crt"), Issue(request.CreateSigningRequestPem()));
        await using var refused = await Keys(2, "accept", _folder.Sub("other.crt"), "--site", _site.Folder);
        Assert.Contains("there is no such key here", refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Listed_are_the_key_that_signs_and_the_one_that_lies_ready()
    {
        await RunOnce();
        await using (await Keys(0, "rotate", "--site", _site.Folder))
        {
        }
        await using var list = await Keys(0, "list", "--state", _site.State);
        Assert.Matches("(?m)^signs +ES256 ", list.Output);
        Assert.Matches("(?m)^next +ES256 ", list.Output);
        await using var discard = await Keys(0, "discard", "--site", _site.Folder);
        await using var after = await Keys(0, "list", "--state", _site.State);
        Assert.DoesNotMatch("(?m)^next ", after.Output);
    }

    [Fact]
    public async Task What_a_revoked_key_signed_later_is_refused_by_both_verifiers()
    {
        await RunOnce();
        var (lines, list) = (_folder.Sub("lines.egb1"), _folder.Sub("revoked.json"));
        await using (await RunningProgram.GatewayToEnd(0, "export", "--state", _site.State, "--out", lines))
        {
        }
        await using var shown = await Keys(0, "show", "--state", _site.State);
        var keyId = LineOf(shown.Output, "key id").Split(' ')[^1];
        File.WriteAllText(list, $"{{\"revoked\":[{{\"kid\":\"{keyId}\",\"ep\":1,\"upto\":{{\"events\":1}}}}]}}");
        await using var verify = await RunningProgram.GatewayToEnd(1, "verify", "--cert", _site.SigningCertificate, "--revoked", list, lines);
        Assert.Contains("no word here", verify.Output, StringComparison.Ordinal);
        await using var second = RunningProgram.Start(await RealPart.Python(), Repository.PathOf("tests", "second-verifier", "verify_egb1.py"), "--cert", _site.SigningCertificate, "--revoked", list, lines);
        await second.Ends(1);
    }

    private static string LineOf(string output, string name) => output.Split('\n').First(line => line.StartsWith(name, StringComparison.Ordinal)).Trim();

    private async Task RunOnce()
    {
        await using var gateway = _site.Run();
        await gateway.Says("recording as boot");
        await gateway.Stops();
    }

    private async Task Exported(string trusted)
    {
        var lines = _folder.Sub("lines.egb1");
        await using (await RunningProgram.GatewayToEnd(0, "export", "--state", _site.State, "--out", lines, "--overwrite"))
        {
        }
        await Judgement.CleanForBoth(trusted, lines);
    }

    private static Task<RunningProgram> Keys(int expected, params IEnumerable<string> arguments) => RunningProgram.GatewayToEnd(expected, ["keys", .. arguments]);

    private static byte[] Issue(string request)
    {
        using var authority = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        var loaded = CertificateRequest.LoadSigningRequestPem(request, HashAlgorithmName.SHA256);
        using var certificate = loaded.Create(new X500DistinguishedName("CN=authority"), X509SignatureGenerator.CreateForECDsa(authority), now.AddDays(-1), now.AddYears(2), [1, 2, 3]);
        return certificate.Export(X509ContentType.Cert);
    }
}
