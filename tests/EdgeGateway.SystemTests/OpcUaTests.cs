using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using EdgeGateway.Drivers.Tests.OpcUa;
using EdgeGateway.Drivers.Tests.OpcUa.Polling;

namespace EdgeGateway.SystemTests;

/// <summary>From an OPC UA server written by others to the platform, with the person between who decides whom to trust.</summary>
public sealed partial class OpcUaTests
{
    private const int Good = 0;
    private const int NotConnected = 1;
    private const int IllegalAddress = 5;

    // A subscription counts as alive for a keep-alive and 5 s; what it holds was so at most that long ago.
    private static readonly TimeSpan OldestHeld = TimeSpan.FromSeconds(7);

    [Fact]
    public async Task Values_reach_the_platform_once_somebody_has_accepted_the_server()
    {
        await using var server = await PeerServer.Start();
        using var folder = new TemporaryFolder();
        await using var platform = new Platform();
        await platform.Start();
        var site = SiteOf(folder, platform, server.Url, "ignore-host: yes");
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
        await Judgement.CleanForBoth(site.SigningCertificate, platform.Save(folder.Sub("received.egb1")));
        await using var again = await RunningProgram.GatewayToEnd(0, "trust", "list", "--state", site.State);
        await using var revoke = await RunningProgram.GatewayToEnd(0, "trust", "revoke", thumbprint, "--state", site.State);
        await using var after = await RunningProgram.GatewayToEnd(1, "trust", "list", "--state", site.State);
    }

    [Fact]
    public async Task A_cut_link_and_a_restart_with_shifted_namespaces_leave_no_slot_without_a_word_and_no_value_that_is_older_than_it_looks()
    {
        await using var server = await PeerServer.Start();
        await using var relay = new TcpRelay(server.Port);
        relay.Mend();
        using var folder = new TemporaryFolder();
        await using var platform = new Platform();
        await platform.Start();
        var site = SiteOf(folder, platform, $"opc.tcp://127.0.0.1:{relay.Port}", "ignore-host: yes\nsecurity-mode: sign-and-encrypt");
        await using var gateway = site.Run();
        await Accept(gateway, site);
        await Goes(5);

        relay.Cut();
        await gateway.Says("line ua is down", times: 2);
        var cut = platform.ReadingsOf("ua.counter").Count;
        await gateway.Until(() => platform.ReadingsOf("ua.counter").Count >= cut + 10, "five seconds without a link");
        relay.Mend();
        await gateway.Says("the session of before goes on");
        await Goes(5);
        await server.Kill();
        await gateway.Says("line ua is down", times: 3);
        await server.Run(otherNamespaces: 3);
        await gateway.Says("a new session was made");
        await Goes(5);
        await gateway.Stops();

        await Judgement.CleanForBoth(site.SigningCertificate, platform.Save(folder.Sub("received.egb1")));
        var readings = platform.ReadingsOf("ua.counter");
        Assert.Equal(Enumerable.Range(0, readings.Count).Select(slot => (long)slot), readings.Select(reading => reading.Slot));
        Assert.True(readings.Count(reading => reading.Quality == NotConnected) >= 10, "slots of the cut");
        foreach (var (reading, evidence) in readings.Zip(platform.ReadingsOf("ua.counter-raw")).Where(pair => pair.First.Quality == Good))
        {
            var parts = SourceTime().Match(evidence.Value.GetString()!);
            Assert.Equal(reading.Value.GetDouble(), double.Parse(parts.Groups[1].Value, CultureInfo.InvariantCulture));
            var age = reading.TakenAt - DateTimeOffset.Parse(parts.Groups[2].Value, CultureInfo.InvariantCulture);
            Assert.InRange(age, TimeSpan.FromSeconds(-1), OldestHeld);
        }

        async Task Goes(int slots)
        {
            var before = platform.QualitiesOf("ua.counter").Count(quality => quality == Good);
            await gateway.Until(() => platform.QualitiesOf("ua.counter").Count(quality => quality == Good) >= before + slots, $"{slots} good slots more");
        }
    }

    [Fact]
    public async Task Trust_that_is_taken_back_ends_with_the_connection()
    {
        await using var server = await PeerServer.Start();
        await using var relay = new TcpRelay(server.Port);
        relay.Mend();
        using var folder = new TemporaryFolder();
        await using var platform = new Platform();
        await platform.Start();
        var site = SiteOf(folder, platform, $"opc.tcp://127.0.0.1:{relay.Port}", "ignore-host: yes");
        await using var gateway = site.Run();
        var thumbprint = await Accept(gateway, site);
        await gateway.Until(() => platform.QualitiesOf("ua.counter").Contains(Good), "a good slot");

        await using var revoke = await RunningProgram.GatewayToEnd(0, "trust", "revoke", thumbprint, "--state", site.State);
        Assert.Contains("goes on until it ends", revoke.Output, StringComparison.Ordinal);
        relay.Cut();
        await gateway.Says("line ua is down", times: 2);
        relay.Mend();
        await gateway.Says("nobody has accepted", times: 2);
        await using var again = await RunningProgram.GatewayToEnd(0, "trust", "accept", thumbprint, "--state", site.State);
        await gateway.Says("line ua is up", times: 2);
        await gateway.Stops();
    }

    [Fact]
    public async Task A_server_that_is_off_at_the_start_and_killed_later_never_stops_the_gateway()
    {
        await using var server = await PeerServer.Start();
        await server.Kill();
        using var folder = new TemporaryFolder();
        await using var platform = new Platform();
        await platform.Start();
        var site = SiteOf(folder, platform, server.Url, "security: None");
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

    /// <summary>What a person does once the log has named the server's fingerprint.</summary>
    private static async Task<string> Accept(RunningProgram gateway, SiteCopy site)
    {
        await gateway.Says("nobody has accepted");
        await using var list = await RunningProgram.GatewayToEnd(1, "trust", "list", "--state", site.State);
        var thumbprint = Rejected().Match(list.Output).Groups[1].Value;
        await using var show = await RunningProgram.GatewayToEnd(0, "trust", "show", thumbprint, "--state", site.State);
        Assert.Equal(1, gateway.Times(Fingerprint().Match(show.Output).Groups[1].Value));
        await using var accept = await RunningProgram.GatewayToEnd(0, "trust", "accept", thumbprint, "--state", site.State);
        await gateway.Says("line ua is up");
        return thumbprint;
    }

    private static SiteCopy SiteOf(TemporaryFolder folder, Platform platform, string url, string keys)
    {
        var site = new SiteCopy(folder.Sub("site"), platform.Url);
        site.Delete("plant.yaml"); // it names signals of those lines
        foreach (var file in Directory.GetFiles(Path.Combine(site.Folder, "lines"))) File.Delete(file);
        File.WriteAllText(Path.Combine(site.Folder, "lines", "ua.yaml"),
            $"line: ua\nconnect: {url}\nprotocol: opcua\n{keys}\ndevices:\n  - device: ua\n    map: ua.csv\n    groups:\n      fast: 500ms\n");
        File.WriteAllText(Path.Combine(site.Folder, "maps", "ua.csv"),
            "signal,group,node,evidence\ncounter,fast,nsu=urn:opcua-peer:plant;s=Counter0,raw\nnobody,fast,nsu=urn:opcua-peer:plant;s=Nobody,\n");
        return site;
    }

    [GeneratedRegex(@"rejected +([0-9A-F]{40})")]
    private static partial Regex Rejected();

    [GeneratedRegex("SHA-256 +([0-9A-F:]+)")]
    private static partial Regex Fingerprint();

    [GeneratedRegex("^Double ([0-9]+) Good .* source ([^ ]+) server")]
    private static partial Regex SourceTime();
}
