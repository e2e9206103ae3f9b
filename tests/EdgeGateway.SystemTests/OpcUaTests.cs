using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using EdgeGateway.Drivers.Tests.OpcUa;

namespace EdgeGateway.SystemTests;

/// <summary>From an OPC UA server written by others to the platform, with the person between who decides whom to trust.</summary>
public sealed partial class OpcUaTests
{
    private const int Good = 0;
    private const int NotConnected = 1;
    private const int IllegalAddress = 5;

    [Fact]
    public async Task Values_reach_the_platform_once_somebody_has_accepted_the_server()
    {
        await using var server = await PeerServer.Start();
        using var folder = new TemporaryFolder();
        await using var platform = new Platform();
        await platform.Start();
        var site = SiteOf(folder, platform, server, "ignore-host: yes");
        await using var gateway = site.Run();
        await gateway.Says("nobody has accepted");
        await gateway.Until(() => platform.QualitiesOf("ua.counter").Count >= 2, "slots without a connection");

        await using var list = await RunningProgram.GatewayToEnd(1, "trust", "list", "--state", site.State);
        var thumbprint = Rejected().Match(list.Output).Groups[1].Value;
        await using var show = await RunningProgram.GatewayToEnd(0, "trust", "show", thumbprint[..8], "--state", site.State);
        Assert.Contains("urn:opcua-peer", show.Output, StringComparison.Ordinal);
        Assert.Contains("SHA-256", show.Output, StringComparison.Ordinal);
        await using var accept = await RunningProgram.GatewayToEnd(0, "trust", "accept", thumbprint, "--state", site.State);
        await gateway.Says("line ua is up");
        await gateway.Until(() => platform.QualitiesOf("ua.counter").Count(quality => quality == Good) >= 5, "five good slots");
        await using var probe = await RunningProgram.GatewayToEnd(0, "probe", "ua.counter", "--site", site.Folder);
        Assert.Matches(@"raw +Double [0-9]+ Good \(0x00000000\) source 20", probe.Output);
        await gateway.Stops();

        Assert.Contains(NotConnected, platform.QualitiesOf("ua.counter"));
        Assert.Contains(IllegalAddress, platform.QualitiesOf("ua.nobody"));
        Assert.DoesNotContain(Good, platform.QualitiesOf("ua.nobody"));
        Assert.Equal(1, gateway.Times("nobody has accepted"));
        await Judgement.Clean(site.SigningCertificate, platform.Save(folder.Sub("received.egb1")));
        await using var again = await RunningProgram.GatewayToEnd(0, "trust", "list", "--state", site.State);
        await using var revoke = await RunningProgram.GatewayToEnd(0, "trust", "revoke", thumbprint, "--state", site.State);
        await using var after = await RunningProgram.GatewayToEnd(1, "trust", "list", "--state", site.State);
    }

    [Fact]
    public async Task A_server_that_is_off_at_the_start_and_killed_later_never_stops_the_gateway()
    {
        await using var server = await PeerServer.Start();
        await server.Kill();
        using var folder = new TemporaryFolder();
        await using var platform = new Platform();
        await platform.Start();
        var site = SiteOf(folder, platform, server, "security: None");
        await using var gateway = site.Run();
        await gateway.Says("whether the server runs");
        await server.Run();
        await gateway.Until(() => platform.QualitiesOf("ua.counter").Count(quality => quality == Good) >= 3, "three good slots");
        await server.Kill();
        await gateway.Says("line ua is down", times: 2);
        await server.Run();
        await gateway.Says("line ua is up", times: 2);
        var before = platform.QualitiesOf("ua.counter").Count(quality => quality == Good);
        await gateway.Until(() => platform.QualitiesOf("ua.counter").Count(quality => quality == Good) >= before + 3, "three good slots more");
        await gateway.Stops();
        await Judgement.Clean(site.SigningCertificate, platform.Save(folder.Sub("received.egb1")));
    }

    [Theory]
    [InlineData("show", "xyzw", "no certificate begins so")]
    [InlineData("accept", "12", "at least 4 digits")]
    public async Task A_thumbprint_that_fits_nothing_is_refused(string act, string thumbprint, string said)
    {
        using var folder = new TemporaryFolder();
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=Somebody", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(TimeProvider.System.GetUtcNow(), TimeProvider.System.GetUtcNow().AddYears(1));
        Directory.CreateDirectory(folder.Sub("pki", "trusted", "certs"));
        await File.WriteAllTextAsync(folder.Sub("pki", "trusted", "certs", "a.pem"), certificate.ExportCertificatePem());
        await using var program = await RunningProgram.GatewayToEnd(2, "trust", act, thumbprint, "--state", folder.Path);
        Assert.Contains(said, program.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_store_is_said()
    {
        using var folder = new TemporaryFolder();
        await using var program = await RunningProgram.GatewayToEnd(2, "trust", "list", "--state", folder.Path);
        Assert.Contains("holds no certificate", program.Errors, StringComparison.Ordinal);
    }

    private static SiteCopy SiteOf(TemporaryFolder folder, Platform platform, PeerServer server, string keys)
    {
        var site = new SiteCopy(folder.Sub("site"), platform.Url);
        foreach (var file in Directory.GetFiles(Path.Combine(site.Folder, "lines"))) File.Delete(file);
        File.WriteAllText(Path.Combine(site.Folder, "lines", "ua.yaml"),
            $"line: ua\nconnect: {server.Url}\nprotocol: opcua\n{keys}\ndevices:\n  - device: ua\n    map: ua.csv\n    groups:\n      fast: 500ms\n");
        File.WriteAllText(Path.Combine(site.Folder, "maps", "ua.csv"),
            "signal,group,node,evidence\ncounter,fast,nsu=urn:opcua-peer:plant;s=Counter0,raw\nnobody,fast,nsu=urn:opcua-peer:plant;s=Nobody,\n");
        return site;
    }

    [GeneratedRegex(@"rejected +([0-9A-F]{40})")]
    private static partial Regex Rejected();
}
