using System.Security.Cryptography.X509Certificates;

namespace EdgeGateway.Drivers.OpcUa.Security;

/// <summary>A certificate that a person put into the store, with what it may do.</summary>
/// <param name="Certificate">The certificate.</param>
/// <param name="IsAuthority">It says that it issues others.</param>
/// <param name="MaySign">Its key is made for signing certificates (RFC 5280, 4.2.1.3).</param>
internal sealed record KnownCertificate(X509Certificate2 Certificate, bool IsAuthority, bool MaySign)
{
    /// <summary>Reads one; parts that are looked at later are decoded here, while the name of its file is known.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">It is none.</exception>
    public static KnownCertificate Read(byte[] bytes)
    {
        var certificate = X509CertificateLoader.LoadCertificate(bytes);
        using var key = certificate.GetRSAPublicKey();
        var isAuthority = certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(each => each.CertificateAuthority);
        return new(certificate, isAuthority, certificate.Extensions.OfType<X509KeyUsageExtension>().Any(each => each.KeyUsages.HasFlag(X509KeyUsageFlags.KeyCertSign)));
    }
}
