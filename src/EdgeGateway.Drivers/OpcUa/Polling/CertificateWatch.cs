using System.Security.Cryptography.X509Certificates;

namespace EdgeGateway.Drivers.OpcUa.Polling;

/// <summary>Looks once a day whether our certificate and the server's will be valid for another month. Used by one thread.</summary>
internal sealed class CertificateWatch(LineNews news, TimeProvider time)
{
    private static readonly TimeSpan Ahead = TimeSpan.FromDays(30);
    private static readonly TimeSpan Every = TimeSpan.FromDays(1);

    private long? _lookedAt;

    /// <summary>Forgets when it last looked: there may be other certificates now.</summary>
    public void Again() => _lookedAt = null;

    public void Look(X509Certificate2? own, X509Certificate2? server)
    {
        if (_lookedAt is { } at && time.GetElapsedTime(at) < Every) return;
        _lookedAt = time.GetTimestamp();
        Look(own, "our own certificate", "EdgeGateway trust own renew makes the next one; give it to every server, and put it to use with trust own use once they trust it");
        Look(server, "the server's certificate", "have the server make a new one and accept it here (EdgeGateway trust list)");
    }

    private void Look(X509Certificate2? certificate, string whose, string remedy)
    {
        if (certificate is null) return;
        var notAfter = new DateTimeOffset(certificate.NotAfter.ToUniversalTime());
        var left = notAfter - time.GetUtcNow();
        if (left < Ahead) news.Expires($"{whose} ({certificate.Thumbprint})", notAfter, left, remedy);
    }
}
