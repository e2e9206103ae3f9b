namespace EdgeGateway.SystemTests;

/// <summary>Four processes as in a plant: devices, gateway, a real broker over TLS with certificates on both sides, and the receiver.</summary>
public sealed class MosquittoTests
{
    [Fact]
    public async Task Everything_arrives_and_verifies_although_the_broker_is_killed()
    {
        using var folder = new TemporaryFolder();
        using var certificates = new Certificates(folder.Sub("tls"));
        await using var broker = Mosquitto.WithCertificates(folder.Sub("broker"), certificates);
        var site = new SiteCopy(folder.Sub("site"), $"mqtts://localhost:{broker.Port}");
        UseCertificate(site, certificates, "gw-1");
        await using var plant = await site.Simulated();
        await using var gateway = site.Run();
        await gateway.Says("recording as boot"); // from then on the certificate that receivers trust is there
        await broker.Start();
        await using var receiver = Receiver(broker, certificates, site, folder.Sub("received"));
        await broker.Running.Says("u'receiver'");
        await gateway.Says("connected to mqtts://localhost");
        await broker.Running.Says("u'gw-1'");
        var received = folder.Sub("received", "received.egb1");
        await receiver.Until(() => Stored(received, "\"k\":\"data\"") >= 5, "five batches at the receiver");

        await broker.Kill();
        await gateway.Says("uplink: ", times: 2); // the first is the start without a broker
        await broker.Start();
        await gateway.Says("connected to mqtts://localhost", times: 2);
        var before = Stored(received, "\"k\":\"data\"");
        await receiver.Until(() => Stored(received, "\"k\":\"data\"") >= before + 5, "five more batches at the receiver");

        await gateway.Stops();
        await receiver.Until(() => Stored(received, "\"ev\":\"shutdown\"") > 0 && Stored(received, "\"ev\":\"stop\"") > 0, "the gateway's last words at the receiver");
        await receiver.Stops();
        Assert.Contains("recording has stopped", gateway.Said, StringComparison.Ordinal);
        await plant.Signal("INT");
        await plant.Ends(0);
        Assert.Contains("0 write requests seen", plant.Said, StringComparison.Ordinal);
        await Judgement.CleanForBoth(site.SigningCertificate, received);
    }

    [Fact]
    public async Task A_broker_with_a_certificate_of_another_authority_gets_nothing_and_the_data_waits()
    {
        using var folder = new TemporaryFolder();
        using var certificates = new Certificates(folder.Sub("tls"));
        using var stranger = new Certificates(folder.Sub("stranger"), "Somebody else's CA");
        await using var broker = Mosquitto.WithCertificates(folder.Sub("broker"), certificates);
        await broker.Start();
        var site = new SiteCopy(folder.Sub("site"), $"mqtts://localhost:{broker.Port}");
        UseCertificate(site, certificates, "gw-1");
        site.Replace("site.yaml", certificates.Authority, stranger.Authority);
        await using var plant = await site.Simulated();
        await using (var deceived = site.Run())
        {
            await deceived.Says("uplink: broker mqtts://localhost");
            Assert.Contains("certificate", deceived.Said, StringComparison.OrdinalIgnoreCase);
            // Refused attempt after refused attempt at the broker; said once by the gateway.
            await broker.Running.Says("OpenSSL Error", times: 2);
            await deceived.Stops();
            Assert.Equal(1, deceived.Times("uplink: "));
            Assert.DoesNotContain("u'gw-1'", broker.Running.Said, StringComparison.Ordinal);
        }

        site.Replace("site.yaml", stranger.Authority, certificates.Authority);
        await using var mended = site.Run();
        await mended.Says("recording as boot");
        await using var receiver = Receiver(broker, certificates, site, folder.Sub("received"));
        await mended.Says("connected to mqtts://localhost");
        var received = folder.Sub("received", "received.egb1");
        await receiver.Until(() => Stored(received, "\"ev\":\"shutdown\"") > 0, "the end of the first run at the receiver");
        await mended.Stops();
        await receiver.Until(() => Stored(received, "\"ev\":\"shutdown\"") > 1, "the end of the second run at the receiver");
        await receiver.Stops();
        var verdict = await Judgement.Clean(site.SigningCertificate, received);
        Assert.All(verdict.GetProperty("streams").EnumerateArray(), stream => Assert.Equal(1, stream.GetProperty("lo").GetInt64()));
    }

    [Fact]
    public async Task MQTT_3_1_1_is_spoken_when_it_is_asked_for_and_everything_verifies()
    {
        using var folder = new TemporaryFolder();
        await using var broker = new Mosquitto(folder.Sub("broker"), "allow_anonymous true");
        var site = new SiteCopy(folder.Sub("site"), $"mqtt://127.0.0.1:{broker.Port}");
        site.Replace("site.yaml", "  head-every:", "  mqtt: 3.1.1\n  head-every:");
        await using var plant = await site.Simulated();
        await using (var alone = site.Run())
        {
            await alone.Says("recording as boot"); // from then on the certificate that receivers trust is there
            await alone.Stops();
        }
        // First the receiver: what is published before anybody listens is acknowledged all the same, which is what the older version cannot tell.
        await broker.Start();
        await using var receiver = RunningProgram.Gateway("receive", "--broker", $"mqtt://127.0.0.1:{broker.Port}", "--cert", site.SigningCertificate, "--out", folder.Sub("received"));
        await broker.Running.Says("SUBACK to edgegateway-receiver");
        await using var gateway = site.Run();
        await gateway.Says("is spoken to in MQTT 3.1.1");
        await broker.Running.Says("as sample-gw-1 (p2,"); // mosquitto's number for 3.1.1
        var received = folder.Sub("received", "received.egb1");
        await receiver.Until(() => Stored(received, "\"k\":\"data\"") >= 5, "five batches at the receiver");
        await gateway.Stops();
        await receiver.Until(() => Stored(received, "\"ev\":\"shutdown\"") > 1, "the gateway's last words at the receiver");
        await receiver.Stops();

        await Judgement.Clean(site.SigningCertificate, received);
        Assert.True(Stored(received, "\"mq\":\"3.1.1\"") > 0, "no birth says which version is spoken");
    }

    [Fact]
    public async Task A_password_is_never_told()
    {
        const string Canary = "canary-Jx83hKq";
        using var folder = new TemporaryFolder();
        var accounts = folder.Sub("accounts");
        File.WriteAllText(accounts, "");
        await using var broker = new Mosquitto(folder.Sub("broker"), "allow_anonymous false", $"password_file {accounts}");
        await broker.Start();
        var site = new SiteCopy(folder.Sub("site"), $"mqtt://127.0.0.1:{broker.Port}");
        File.WriteAllText(folder.Sub("password"), Canary + "\n");
        site.Replace("site.yaml", "  # username: gw-1", $"  username: gw-1\n  password-file: {folder.Sub("password")}");
        await using var gateway = site.Run();
        await gateway.Says("refused the connection: not authorised (0x87)");
        await gateway.Stops();
        Assert.DoesNotContain(Canary, gateway.Said, StringComparison.Ordinal);
        foreach (var file in Directory.EnumerateFiles(site.State, "*", SearchOption.AllDirectories))
            Assert.Equal(-1, File.ReadAllBytes(file).AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(Canary)));

        site.Replace("site.yaml", $"mqtt://127.0.0.1:{broker.Port}", $"mqtt://gw-1:{Canary}@127.0.0.1:{broker.Port}");
        await using var check = await RunningProgram.GatewayToEnd(1, "check", "--site", site.Folder);
        Assert.Contains("password", check.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, check.Said, StringComparison.Ordinal);
    }

    private static void UseCertificate(SiteCopy site, Certificates certificates, string name)
    {
        var (certificate, key) = certificates.Client(name);
        site.Replace("site.yaml", "  head-every:", $"  ca: {certificates.Authority}\n  client-certificate: {certificate}\n  client-key: {key}\n  head-every:");
    }

    private static RunningProgram Receiver(Mosquitto broker, Certificates certificates, SiteCopy site, string folder)
    {
        var (certificate, key) = certificates.Client("receiver");
        return RunningProgram.Gateway("receive", "--broker", $"mqtts://localhost:{broker.Port}", "--ca", certificates.Authority,
            "--client-cert", certificate, "--client-key", key, "--cert", site.SigningCertificate, "--out", folder);
    }

    private static int Stored(string file, string text) => ReceivedFile.Count(file, text);
}
