using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EdgeGateway.Drivers.OpcUa.Security;

/// <summary>A certificate in the store, for people.</summary>
/// <param name="Place"><see cref="Own"/>, <see cref="Trusted"/>, <see cref="Rejected"/> or <see cref="Issuer"/>.</param>
/// <param name="File">Its file.</param>
/// <param name="Certificate">The certificate.</param>
internal sealed record StoredCertificate(string Place, string File, X509Certificate2 Certificate) : IDisposable
{
    public const string Own = "own";
    public const string Trusted = "trusted";
    public const string Rejected = "rejected";
    public const string Issuer = "issuer";

    public string Thumbprint => Certificate.Thumbprint;

    /// <summary>The SHA-256 fingerprint, in pairs with colons as most tools show it.</summary>
    public string Fingerprint => FingerprintOf(Certificate);

    /// <inheritdoc cref="Fingerprint"/>
    public static string FingerprintOf(X509Certificate2 certificate) => string.Join(':', Convert.ToHexString(certificate.GetCertHash(HashAlgorithmName.SHA256)).Chunk(2).Select(pair => new string(pair)));

    /// <summary>The name of whom it is for.</summary>
    public string Subject => Printable.Text(Certificate.Subject);

    public string Issued => Printable.Text(Certificate.Issuer);

    public DateTime NotBefore => Certificate.NotBefore.ToUniversalTime();

    public DateTime NotAfter => Certificate.NotAfter.ToUniversalTime();

    /// <summary>The application it is for; null if it names none that can be read.</summary>
    public string? ApplicationUri
    {
        get
        {
            try
            {
                return ApplicationCertificate.UriOf(Certificate) is { } uri ? Printable.Text(uri) : null;
            }
            catch (AsnContentException)
            {
                return null; // a stranger's certificate may hold anything: it is shown as it is
            }
        }
    }

    /// <summary>Names and addresses of the machines it is for.</summary>
    public IReadOnlyList<string> Hosts
    {
        get
        {
            try
            {
                var names = Certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
                return names is null ? [] : [.. names.EnumerateDnsNames().Select(Printable.Text), .. names.EnumerateIPAddresses().Select(address => address.ToString())];
            }
            catch (CryptographicException)
            {
                return [];
            }
        }
    }

    public void Dispose() => Certificate.Dispose();
}
