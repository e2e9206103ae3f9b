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

    /// <summary>The URI in the subject alternative name, or null if there is none.</summary>
    public static string? UriOf(X509Certificate2 certificate)
    {
        var extension = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        if (extension is null) return null;
        var reader = new System.Formats.Asn1.AsnReader(extension.RawData, System.Formats.Asn1.AsnEncodingRules.DER).ReadSequence();
        var uriTag = new System.Formats.Asn1.Asn1Tag(System.Formats.Asn1.TagClass.ContextSpecific, 6); // RFC 5280, 4.2.1.6
        while (reader.HasData)
        {
            if (reader.PeekTag().HasSameClassAndValue(uriTag)) return reader.ReadCharacterString(System.Formats.Asn1.UniversalTagNumber.IA5String, uriTag);
            reader.ReadEncodedValue();
        }
        return null;
    }
}
