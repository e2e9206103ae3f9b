using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EdgeGateway.Drivers.OpcUa.Security;

/// <summary>Our own certificate: made once, kept in <c>pki/own</c>, its application URI in the subject alternative name (OPC 10000-6, 6.2.2).</summary>
internal static class ApplicationCertificate
{
    private const int KeyBits = 2048;
    private const int ValidYears = 5;

    /// <summary>Makes a self-signed certificate with a new key.</summary>
    /// <param name="name">The common name.</param>
    /// <param name="applicationUri">Must be the same in every session.</param>
    /// <param name="hosts">Names and addresses of this machine.</param>
    /// <param name="time">The clock; valid from a day before now, so that a server whose clock is behind takes it.</param>
    /// <param name="keyBits">2048 to 4096.</param>
    public static X509Certificate2 Create(string name, string applicationUri, IEnumerable<string> hosts, TimeProvider time, int keyBits = KeyBits)
    {
        using var key = RSA.Create(keyBits);
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(name);
        subject.AddOrganizationName("EdgeGateway");
        var request = new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri(applicationUri));
        foreach (var host in hosts)
        {
            if (IPAddress.TryParse(host, out var address)) names.AddIpAddress(address);
            else names.AddDnsName(host);
        }
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        const X509KeyUsageFlags uses = X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.NonRepudiation | X509KeyUsageFlags.KeyEncipherment | X509KeyUsageFlags.DataEncipherment
            | X509KeyUsageFlags.KeyCertSign; // self-signed
        request.CertificateExtensions.Add(new X509KeyUsageExtension(uses, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2"), new Oid("1.3.6.1.5.5.7.3.1")], false));
        var now = time.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddYears(ValidYears));
    }

    /// <summary>The certificate in <c>own/certs</c> with its key in <c>own/private</c>; made when there is none.</summary>
    /// <param name="folder">The folder <c>pki</c>.</param>
    /// <param name="name">The common name of a new one.</param>
    /// <param name="applicationUri">What it must be for.</param>
    /// <param name="hosts">Names and addresses of this machine, for a new one.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="OpcUaException">What is there cannot be read, or is for another application.</exception>
    public static X509Certificate2 LoadOrCreate(string folder, string name, string applicationUri, IEnumerable<string> hosts, TimeProvider time)
    {
        var own = new OwnCertificates(folder);
        var (certificatePath, keyPath) = own.Current;
        X509Certificate2 certificate;
        try
        {
            own.FinishSwitch();
            if (!File.Exists(certificatePath)) Save(Create(name, applicationUri, hosts, time), certificatePath, keyPath);
            certificate = X509Certificate2.CreateFromPemFile(certificatePath, keyPath);
            UriOf(certificate);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or AsnContentException)
        {
            throw new OpcUaException(StatusCodes.BadConfigurationError, $"our certificate {certificatePath} and its key {keyPath} do not make a pair that can be used: {e.Message}. "
                + "Put both back as they were, or move both away to have new ones made (every server must then trust the new certificate)", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OpcUaException(StatusCodes.BadConfigurationError, $"our certificate {certificatePath} with its key {keyPath} cannot be read or made: {e.Message}. "
                + "Give the account this program runs under the right to read and write there; if only one of the two files is there, put the other one back", e);
        }
        if (UriOf(certificate) != applicationUri)
            throw new OpcUaException(StatusCodes.BadCertificateUriInvalid, $"our certificate {certificatePath} is for \"{UriOf(certificate)}\", this gateway is \"{applicationUri}\": "
                + "every server would refuse it. Move it away to have a new one made");
        return certificate;
    }

    /// <summary>The URI in the subject alternative name, or null if there is none.</summary>
    /// <exception cref="AsnContentException">The extension is not what its number says.</exception>
    public static string? UriOf(X509Certificate2 certificate)
    {
        var extension = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        if (extension is null) return null;
        var reader = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
        var uriTag = new Asn1Tag(TagClass.ContextSpecific, 6); // RFC 5280, 4.2.1.6
        while (reader.HasData)
        {
            if (reader.PeekTag().HasSameClassAndValue(uriTag)) return reader.ReadCharacterString(UniversalTagNumber.IA5String, uriTag);
            reader.ReadEncodedValue();
        }
        return null;
    }

    // The key first: a certificate without its key would stand in the way of making both again.
    internal static void Save(X509Certificate2 certificate, string certificatePath, string keyPath)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(certificatePath)!); // in folders: there is a name
        Directory.CreateDirectory(Path.GetDirectoryName(keyPath)!);
        using var key = certificate.GetRSAPrivateKey()!; // made with one
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new StreamWriter(keyPath, options)) file.WriteLine(key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(certificatePath, certificate.ExportCertificatePem());
    }
}
