using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EdgeGateway.Drivers.OpcUa;
using EdgeGateway.Drivers.OpcUa.Client;
using EdgeGateway.Drivers.OpcUa.Security;

namespace EdgeGateway.Drivers.Tests.OpcUa;

/// <summary>Certificates of both sides at a server written by others that takes no client unseen.</summary>
public sealed class PeerCertificateTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_old_certificate_stays_good_until_the_server_trusts_the_next_one()
    {
        await using var server = await PeerServer.Start(environment: new Dictionary<string, string> { ["PEER_STRICT"] = "1" });
        await PeerFixture.Trust(server, _folder.Path);
        using var current = ApplicationCertificate.LoadOrCreate(_folder.Path, "EdgeGateway", Certificates.Uri, ["localhost"], TimeProvider.System);
        var own = new OwnCertificates(_folder.Path);
        await Refused(server, current);
        await TrustAt(server, current);
        await Taken(server, current);

        own.Renew(TimeProvider.System);
        using var next = OwnCertificates.Load(own.Next);
        var refused = await Refused(server, next);
        Assert.Contains(next.Thumbprint, refused.Message, StringComparison.Ordinal);
        await Taken(server, current);

        await TrustAt(server, next);
        await Taken(server, next);
        own.Switch();
        using var used = ApplicationCertificate.LoadOrCreate(_folder.Path, "EdgeGateway", Certificates.Uri, ["localhost"], TimeProvider.System);
        await Taken(server, used);
    }

    [Fact]
    public async Task A_server_whose_issuer_takes_its_certificate_back_is_refused_from_the_next_session_on()
    {
        using var authority = MakeAuthority();
        using var key = RSA.Create(2048);
        using var certificate = Issue(authority, key, 7);
        File.WriteAllText(_folder.Sub("server.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(_folder.Sub("server.key"), key.ExportPkcs8PrivateKeyPem());
        await using var server = await PeerServer.Start(environment: new Dictionary<string, string> { ["PEER_CERTIFICATE"] = _folder.Sub("server.pem"), ["PEER_KEY"] = _folder.Sub("server.key") });
        Put("trusted/certs", "authority.der", authority.RawData);
        Put("trusted/crl", "authority.crl", List(authority, 8));
        await Taken(server, Certificates.Own);
        Put("trusted/crl", "authority.crl", List(authority, 7));
        Assert.Equal(StatusCodes.BadCertificateRevoked, (await Refused(server, Certificates.Own)).Status);
    }

    private Task<Session> Open(PeerServer server, X509Certificate2 own) =>
        Session.OpenAsync(PeerFixture.Settings(server, _folder.Path) with { Own = own }, TimeProvider.System, CancellationToken.None);

    private async Task Taken(PeerServer server, X509Certificate2 own)
    {
        await using var session = await Open(server, own);
    }

    private Task<OpcUaException> Refused(PeerServer server, X509Certificate2 own) => Assert.ThrowsAsync<OpcUaException>(() => Open(server, own));

    // As our own message tells a person to: from the rejected to the trusted certificates. The server is started anew: it may overlook a file that moves while it runs.
    private static async Task TrustAt(PeerServer server, X509Certificate2 client)
    {
        await server.Kill();
        var rejected = Directory.GetFiles(Path.Combine(server.Pki, "rejected")).Single(file => X509CertificateLoader.LoadCertificateFromFile(file).Thumbprint == client.Thumbprint);
        File.Move(rejected, Path.Combine(server.Pki, "trusted", "certs", Path.GetFileName(rejected)));
        await server.Run();
    }

    private void Put(string folder, string name, byte[] bytes) => File.WriteAllBytes(Path.Combine(Directory.CreateDirectory(_folder.Sub(folder)).FullName, name), bytes);

    private static X509Certificate2 MakeAuthority()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=Plant Authority", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-2), now.AddYears(1));
    }

    private static X509Certificate2 Issue(X509Certificate2 authority, RSA key, byte serial)
    {
        var request = new CertificateRequest("CN=DCS", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri("urn:opcua-peer"));
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.NonRepudiation | X509KeyUsageFlags.KeyEncipherment | X509KeyUsageFlags.DataEncipherment, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        var now = TimeProvider.System.GetUtcNow();
        using var issuerKey = authority.GetRSAPrivateKey()!; // made with one
        return request.Create(authority.SubjectName, X509SignatureGenerator.CreateForRSA(issuerKey, RSASignaturePadding.Pkcs1), now.AddDays(-1), now.AddDays(100), [serial]);
    }

    private static byte[] List(X509Certificate2 authority, byte serial)
    {
        var list = new CertificateRevocationListBuilder();
        list.AddEntry([serial]);
        var now = TimeProvider.System.GetUtcNow();
        using var key = authority.GetRSAPrivateKey()!; // made with one
        return list.Build(authority.SubjectName, X509SignatureGenerator.CreateForRSA(key, RSASignaturePadding.Pkcs1), BigInteger.One, now.AddDays(30), HashAlgorithmName.SHA256,
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, false, true), now);
    }
}
