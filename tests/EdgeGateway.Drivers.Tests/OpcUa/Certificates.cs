using System.Security.Cryptography.X509Certificates;
using EdgeGateway.Drivers.OpcUa.Security;

namespace EdgeGateway.Drivers.Tests.OpcUa;

/// <summary>Our certificates of these tests; made once, because keys are slow to find.</summary>
internal static class Certificates
{
    public const string Uri = "urn:loopback:edgegateway";

    private static readonly Lazy<X509Certificate2> Made = new(() => ApplicationCertificate.Create("EdgeGateway test", Uri, ["localhost", "127.0.0.1"], TimeProvider.System));
    private static readonly Lazy<X509Certificate2> MadeLong = new(() => ApplicationCertificate.Create("EdgeGateway long", Uri, ["localhost"], TimeProvider.System, 4096));

    public static X509Certificate2 Own => Made.Value;

    /// <summary>With a key of 4096 bits: both kinds of padding differ.</summary>
    public static X509Certificate2 Long => MadeLong.Value;
}
