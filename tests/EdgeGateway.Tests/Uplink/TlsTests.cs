using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EdgeGateway.Config;

namespace EdgeGateway.Tests.Uplink;

public sealed class TlsTests : IDisposable
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private readonly TemporaryFolder _folder = new();
    private readonly X509Certificate2 _ca = Ca("Right CA");
    private readonly X509Certificate2 _otherCa = Ca("Other CA");

    public void Dispose()
    {
        _ca.Dispose();
        _otherCa.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_broker_with_a_certificate_of_the_named_CA_is_used()
    {
        await using var broker = Broker(_ca, "localhost");
        await using var bench = Bench(broker, _ca);
        bench.Append(3);
        await bench.StartAsync();

        await bench.Delivered();

        Assert.Equal(3, broker.Segments.Count);
    }

    [Theory]
    [InlineData("ca", "localhost", 30)]
    [InlineData("name", "elsewhere.example", 30)]
    [InlineData("age", "localhost", -1)]
    public async Task A_broker_that_cannot_prove_who_it_is_gets_nothing_also_at_the_second_attempt(string wrong, string name, int days)
    {
        await using var broker = Broker(wrong == "ca" ? _otherCa : _ca, name, days);
        await using var bench = Bench(broker, _ca);
        bench.Append(1);
        await bench.StartAsync();

        await Eventually.Is(() => bench.Status.Reconnects >= 2, () => bench.Status.Uplink);

        Assert.Empty(broker.Greetings);
        Assert.Equal(1, bench.Outbox.Depth.Undelivered);
        Assert.Contains($"localhost:{broker.Port}", bench.Status.Uplink, StringComparison.Ordinal);
        Assert.Contains("certificate", bench.Status.Uplink, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broker_that_wants_a_client_certificate_gets_it()
    {
        await using var broker = Broker(_ca, "localhost");
        broker.ClientCa = _otherCa;
        using var client = Leaf(_otherCa, "gw-1", 30);
        var (certificate, key) = (_folder.Sub("client.crt"), _folder.Sub("client.key"));
        await File.WriteAllTextAsync(certificate, client.ExportCertificatePem());
        using (var ecdsa = client.GetECDsaPrivateKey()!) await File.WriteAllTextAsync(key, ecdsa.ExportPkcs8PrivateKeyPem());
        await using var bench = Bench(broker, _ca, settings => settings with { ClientCertificateFile = certificate, ClientKeyFile = key });
        bench.Append(1);
        await bench.StartAsync();

        await bench.Delivered();
    }

    [Fact]
    public async Task Without_the_client_certificate_the_broker_wants_nothing_is_delivered()
    {
        await using var broker = Broker(_ca, "localhost");
        broker.ClientCa = _otherCa;
        await using var bench = Bench(broker, _ca);
        bench.Append(1);
        await bench.StartAsync();

        await Eventually.Is(() => bench.Status.Reconnects >= 2, () => bench.Status.Uplink);

        Assert.Empty(broker.Greetings);
        Assert.Contains($"localhost:{broker.Port}", bench.Status.Uplink, StringComparison.Ordinal);
    }

    [Theory, InlineData(""), InlineData("this is no certificate\n")]
    public async Task A_CA_file_without_a_certificate_does_not_mean_the_systems_roots(string content)
    {
        await using var broker = Broker(_ca, "localhost");
        await using var bench = Bench(broker, _ca);
        await File.WriteAllTextAsync(_folder.Sub("ca.crt"), content);
        await bench.StartAsync();

        await Eventually.Is(() => bench.Status.Reconnects >= 1, () => bench.Status.Uplink);

        Assert.Contains("ca.crt", bench.Status.Uplink, StringComparison.Ordinal);
        Assert.Contains("no certificate in it", bench.Status.Uplink, StringComparison.Ordinal);
    }

    private static ScriptedBroker Broker(X509Certificate2 ca, string name, int days = 30)
    {
        var broker = new ScriptedBroker { Certificate = Leaf(ca, name, days) };
        broker.Start();
        return broker;
    }

    private UplinkBench Bench(ScriptedBroker broker, X509Certificate2 ca, Func<BrokerSettings, BrokerSettings>? change = null)
    {
        File.WriteAllText(_folder.Sub("ca.crt"), ca.ExportCertificatePem());
        return new UplinkBench(settings => (change?.Invoke(settings) ?? settings) with { CaFile = _folder.Sub("ca.crt") },
            urls: new Uri($"mqtts://localhost:{broker.Port}"));
    }

    private static X509Certificate2 Ca(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        return request.CreateSelfSigned(Now.AddDays(-20), Now.AddDays(60));
    }

    private static X509Certificate2 Leaf(X509Certificate2 ca, string name, int days)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var signed = request.Create(ca, Now.AddDays(-10), Now.AddDays(days), RandomNumberGenerator.GetBytes(8));
        using var withKey = signed.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
    }
}
