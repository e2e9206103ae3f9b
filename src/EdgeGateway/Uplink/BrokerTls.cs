using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EdgeGateway.Config;
using MQTTnet;

namespace EdgeGateway.Uplink;

/// <summary>TLS towards a broker: 1.2 or 1.3, the name checked, the chain to the pinned CA or the system's roots, a client certificate where there is one.</summary>
internal static class BrokerTls
{
    /// <exception cref="LinkLostException">A certificate file cannot be used; the message names it.</exception>
    public static void Configure(MqttClientTlsOptionsBuilder tls, BrokerSettings broker, Uri url)
    {
        tls.UseTls().WithSslProtocols(SslProtocols.Tls12 | SslProtocols.Tls13).WithTargetHost(url.Host);
        if (broker.CaFile is { } ca)
        {
            var roots = new X509Certificate2Collection();
            Load(ca, () => roots.ImportFromPemFile(ca));
            // An empty trust list would mean the system's roots: whoever names a CA must not get the whole world instead.
            if (roots.Count == 0) throw new LinkLostException($"certificate file {ca}: no certificate in it, expected PEM (BEGIN CERTIFICATE)");
            // A private CA of a city platform rarely runs a revocation service; docs/operations.md says so. The system's roots keep the check.
            tls.WithTrustChain(roots).WithRevocationMode(X509RevocationMode.NoCheck);
        }
        if (broker.ClientCertificateFile is { } certificateFile)
        {
            var certificate = Load(certificateFile, () => X509Certificate2.CreateFromPemFile(certificateFile, broker.ClientKeyFile));
            if (OperatingSystem.IsWindows())
            {
                // Schannel cannot use a key that lives only in memory as PEM.
                certificate = X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
            }
            tls.WithClientCertificates([certificate]);
        }
    }

    private static void Load(string file, Action load) => Load(file, () =>
    {
        load();
        return true;
    });

    private static T Load<T>(string file, Func<T> load)
    {
        try
        {
            return load();
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new LinkLostException($"certificate file {file}: {e.Message}", e);
        }
    }
}
