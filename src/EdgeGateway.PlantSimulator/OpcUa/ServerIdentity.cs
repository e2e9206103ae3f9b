using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EdgeGateway.PlantSimulator.OpcUa;

/// <summary>The server's certificate and its private key.</summary>
internal sealed class ServerIdentity : IDisposable
{
    private readonly X509Certificate2 _certificate;

    private ServerIdentity(X509Certificate2 certificate)
    {
        _certificate = certificate;
        Key = certificate.GetRSAPrivateKey() ?? throw new ArgumentException("the certificate has no RSA private key beside it", nameof(certificate));
    }

    public RSA Key { get; }

    /// <summary>DER.</summary>
    public byte[] Certificate => _certificate.RawData;

    /// <summary>SHA-1, by which a client says whose key it has used.</summary>
    public byte[] Thumbprint => _certificate.GetCertHash();

    /// <summary>SHA-256 in pairs with colons, which people compare.</summary>
    public string Fingerprint => string.Join(':', _certificate.GetCertHashString(HashAlgorithmName.SHA256).Chunk(2).Select(pair => new string(pair)));

    /// <summary>The one in the folder, made there if it is missing; without a folder a new one.</summary>
    public static ServerIdentity LoadOrCreate(string name, ServerSettings settings, TimeProvider time)
    {
        if (settings.CertificateFolder is not { } folder) return Create(name, settings, time);
        var (certificate, key) = (Path.Combine(folder, "server.pem"), Path.Combine(folder, "server.key"));
        if (File.Exists(certificate)) return new(X509Certificate2.CreateFromPemFile(certificate, key));
        var made = Create(name, settings, time);
        Directory.CreateDirectory(folder);
        using (var file = new FileStream(key, Private())) file.Write(System.Text.Encoding.ASCII.GetBytes(made.Key.ExportPkcs8PrivateKeyPem()));
        File.WriteAllText(certificate, made._certificate.ExportCertificatePem());
        return made;
    }

    /// <summary>A new one that signs itself, for the loopback (OPC 10000-6, 6.2.2).</summary>
    public static ServerIdentity Create(string name, ServerSettings settings, TimeProvider time)
    {
        using var key = RSA.Create(settings.KeyBits);
        var request = new CertificateRequest($"CN={name}, O=Simulated plant", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri(settings.ApplicationUri));
        names.AddDnsName("localhost");
        names.AddDnsName(Dns.GetHostName());
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.NonRepudiation | X509KeyUsageFlags.KeyEncipherment | X509KeyUsageFlags.DataEncipherment, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], false));
        var now = time.GetUtcNow();
        return new(request.CreateSelfSigned(now.AddDays(-1), now.AddYears(5)));
    }

    public void Dispose()
    {
        Key.Dispose();
        _certificate.Dispose();
    }

    private static FileStreamOptions Private()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }
}
