namespace EdgeGateway.SystemTests.FaultProgramme.Processes;

/// <summary>
/// The broker's certificate becomes useless (expired, of another name, of another authority) and is renewed; then the gateway's is renewed under an authority
/// of its own. While the broker cannot be trusted it gets nothing and the data waits; nobody restarts the gateway.
/// </summary>
internal sealed class CertificateChanges : IFaultScenario
{
    public string Name => "certificates";

    public int Rounds => 1;

    public async Task<FaultOutcome> PlayAsync(int seed, CancellationToken cancellationToken)
    {
        using var folder = new TemporaryFolder();
        using var authority = new Certificates(folder.Sub("tls"));
        using var stranger = new Certificates(folder.Sub("stranger"), "Somebody else's CA");
        using var later = new Certificates(folder.Sub("later"), "The gateways' new CA");
        var listener = FreePorts.Next();
        File.Copy(authority.Authority, folder.Sub("clients.crt"));
        var (certificate, key) = authority.Server();
        await using var broker = new Mosquitto(folder.Sub("broker"), $"cafile {folder.Sub("clients.crt")}", $"certfile {certificate}", $"keyfile {key}",
            "tls_version tlsv1.2", "require_certificate true", "use_identity_as_username true", $"listener {listener} 127.0.0.1", "allow_anonymous true", "max_queued_messages 0");
        await using var platform = new Subscriber(listener);
        await using var stage = new Stage($"mqtts://localhost:{broker.Port}", platform.Ledger);
        var client = authority.Client("gw-1");
        stage.Site.Replace("site.yaml", "  head-every:", $"  ca: {authority.Authority}\n  client-certificate: {client.Certificate}\n  client-key: {client.Key}\n  head-every:");
        await broker.Start();
        await platform.StartAsync();
        await stage.StartPlantAsync(cancellationToken);
        await stage.StartAsync();
        await stage.DeliversAsync("the first start");

        stage.History.Harms++;
        var bad = (seed % 3) switch
        {
            0 => authority.Server(isExpired: true),
            1 => authority.Server("elsewhere.example"),
            _ => stranger.Server(),
        };
        Replace((certificate, key), bad);
        await RestartAsync(broker, platform);
        var before = stage.Receiver.Count;
        await broker.Running.Says("OpenSSL Error", times: 2); // attempt after attempt
        if (stage.Receiver.Count > before) stage.History.Fault("a broker that cannot be trusted got data");
        Replace((certificate, key), authority.Server());
        await RestartAsync(broker, platform);
        await stage.DeliversAsync("a broker that could not be trusted");

        stage.History.Harms++;
        File.Copy(later.Authority, folder.Sub("clients.crt"), overwrite: true);
        Replace(client, later.Client("gw-1"));
        await RestartAsync(broker, platform);
        await stage.DeliversAsync("a renewed client certificate");
        await stage.EndAsync();
        return await stage.JudgeAsync();
    }

    private static async Task RestartAsync(Mosquitto broker, Subscriber platform)
    {
        await broker.Kill();
        await broker.Start();
        await platform.ListensAsync();
    }

    private static void Replace((string Certificate, string Key) old, (string Certificate, string Key) by)
    {
        if (old == by) return; // issued into the same files
        File.Copy(by.Certificate, old.Certificate, overwrite: true);
        File.Copy(by.Key, old.Key, overwrite: true);
    }
}
