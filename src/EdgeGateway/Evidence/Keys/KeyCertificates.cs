using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Pkcs;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Crypto.Operators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Pkcs;
using Org.BouncyCastle.X509;

namespace EdgeGateway.Evidence.Keys;

/// <summary>Self-signed certificates and requests for certificates, in PEM, for both kinds of keys.</summary>
internal static class KeyCertificates
{
    private const int SelfSignedYears = 3;
    private const string Sm2Algorithm = "SM3WITHSM2";
    private const string ChallengePassword = "1.2.840.113549.1.9.7";

    /// <summary>A certificate that says nothing but which key it is.</summary>
    public static string SelfSigned(ECDsa key, string subject, DateTimeOffset now)
    {
        var request = Request(key, subject);
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] &= 0x7F; // a positive number
        // Made by a generator of its own: a key on a token cannot be attached to a certificate.
        using var certificate = request.Create(request.SubjectName, X509SignatureGenerator.CreateForECDsa(key), now.AddDays(-1), now.AddYears(SelfSignedYears), serial);
        return certificate.ExportCertificatePem();
    }

    /// <summary>The same for SM2.</summary>
    public static string SelfSigned(ECPrivateKeyParameters key, string subject, DateTimeOffset now)
    {
        var generator = new X509V3CertificateGenerator();
        var name = new X509Name($"CN={subject}, O=EdgeGateway");
        generator.SetSerialNumber(new BigInteger(1, RandomNumberGenerator.GetBytes(15)).Add(BigInteger.One));
        generator.SetIssuerDN(name);
        generator.SetSubjectDN(name);
        generator.SetNotBefore(now.AddDays(-1).UtcDateTime);
        generator.SetNotAfter(now.AddYears(SelfSignedYears).UtcDateTime);
        generator.SetPublicKey(Sm2Curve.PublicOf(key));
        generator.AddExtension(X509Extensions.KeyUsage, critical: true, new KeyUsage(KeyUsage.DigitalSignature));
        return PemEncoding.WriteString("CERTIFICATE", generator.Generate(new Asn1SignatureFactory(Sm2Algorithm, key)).GetEncoded());
    }

    /// <summary>A request (PKCS#10) that proves that the key is here.</summary>
    /// <param name="key">The key.</param>
    /// <param name="subject">Common name: <c>site/gateway</c>.</param>
    /// <param name="code">The platform's one-time code, as the challenge password; null for none.</param>
    /// <exception cref="KeyUnavailableException">The key cannot be reached.</exception>
    public static string SigningRequest(ECDsa key, string subject, string? code)
    {
        var request = Request(key, subject);
        if (code is not null)
        {
            var writer = new AsnWriter(AsnEncodingRules.DER);
            writer.WriteCharacterString(UniversalTagNumber.UTF8String, code);
            request.OtherRequestAttributes.Add(new AsnEncodedData(ChallengePassword, writer.Encode()));
        }
        return request.CreateSigningRequestPem(X509SignatureGenerator.CreateForECDsa(key));
    }

    /// <summary>The same for SM2.</summary>
    public static string SigningRequest(ECPrivateKeyParameters key, string subject, string? code)
    {
        Asn1Set? attributes = code is null ? null : new DerSet(new AttributePkcs(PkcsObjectIdentifiers.Pkcs9AtChallengePassword, new DerSet(new DerUtf8String(code))));
        var request = new Pkcs10CertificationRequest(new Asn1SignatureFactory(Sm2Algorithm, key), new X509Name($"CN={subject}, O=EdgeGateway"), Sm2Curve.PublicOf(key), attributes);
        return PemEncoding.WriteString("CERTIFICATE REQUEST", request.GetDerEncoded());
    }

    /// <summary>SubjectPublicKeyInfo of a request; null if it is none, or not signed by its own key.</summary>
    public static byte[]? PublicKeyOfRequest(string pem)
    {
        try
        {
            var fields = PemEncoding.Find(pem);
            if (pem[fields.Label] != "CERTIFICATE REQUEST") return null;
            var request = new Pkcs10CertificationRequest(Convert.FromBase64String(pem[fields.Base64Data]));
            return request.Verify() ? request.GetCertificationRequestInfo().SubjectPublicKeyInfo.GetDerEncoded() : null;
        }
        catch (Exception e) when (e is ArgumentException or IOException or Org.BouncyCastle.Security.SecurityUtilityException or Org.BouncyCastle.Security.GeneralSecurityException or FormatException or InvalidCastException)
        {
            return null;
        }
    }

    private static CertificateRequest Request(ECDsa key, string subject)
    {
        var request = new CertificateRequest(new X500DistinguishedName($"CN={subject}, O=EdgeGateway"), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        return request;
    }
}
