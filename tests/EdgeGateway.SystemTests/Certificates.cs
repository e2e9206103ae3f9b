using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EdgeGateway.SystemTests;

/// <summary>A certificate authority as a platform would run one, and what it issues, as PEM files in one folder.</summary>
internal sealed class Certificates : IDisposable
{
    private readonly string _folder;
    private readonly X509Certificate2 _authority;

    public Certificates(string folder, string name = "Platform CA")
    {
        _folder = Directory.CreateDirectory(folder).FullName;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var now = TimeProvider.System.GetUtcNow();
        _authority = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(2));
        File.WriteAllText(Authority, _authority.ExportCertificatePem());
    }

    public string Authority => Path.Combine(_folder, "ca.crt");

    /// <summary>For a broker on loopback.</summary>
    /// <param name="host">The name it is reached by; loopback's addresses only stand beside the usual one.</param>
    /// <param name="isExpired">True for one that was good until a minute ago.</param>
    public (string Certificate, string Key) Server(string host = "localhost", bool isExpired = false)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        if (host == "localhost") names.AddIpAddress(IPAddress.Loopback);
        return Issue("server", "1.3.6.1.5.5.7.3.1", names.Build(), isExpired ? TimeSpan.FromMinutes(-1) : TimeSpan.FromDays(1));
    }

    /// <summary>For a client that the broker knows by this name.</summary>
    public (string Certificate, string Key) Client(string name) => Issue(name, "1.3.6.1.5.5.7.3.2", null, TimeSpan.FromDays(1));

    public void Dispose() => _authority.Dispose();

    private (string Certificate, string Key) Issue(string name, string usage, X509Extension? names, TimeSpan validFor)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        if (names is not null) request.CertificateExtensions.Add(names);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.Create(_authority, now.AddHours(-1), now + validFor, RandomNumberGenerator.GetBytes(8));
        var (certificatePath, keyPath) = (Path.Combine(_folder, $"{name}.crt"), Path.Combine(_folder, $"{name}.key"));
        File.WriteAllText(certificatePath, certificate.ExportCertificatePem());
        File.WriteAllText(keyPath, key.ExportPkcs8PrivateKeyPem());
        return (certificatePath, keyPath);
    }
}
