using System.Security.Cryptography.X509Certificates;
using EdgeGateway.Drivers.OpcUa.Security;

namespace EdgeGateway.Drivers.OpcUa.Client;

/// <summary>What a client needs to know of its server and of itself.</summary>
internal sealed record ClientSettings
{
    /// <summary>Where the server is, as the site wrote it; what the server calls itself counts for nothing (names behind address translation).</summary>
    public required Uri Url { get; init; }

    /// <summary>Our application URI; the same as in our certificate.</summary>
    public required string ApplicationUri { get; init; }

    /// <summary>Makes a connection to the server.</summary>
    public required Func<CancellationToken, Task<Stream>> Dial { get; init; }

    /// <summary>Whom we trust.</summary>
    public required TrustStore Trust { get; init; }

    /// <summary>Our certificate with its key; null only where an endpoint without security is allowed.</summary>
    public X509Certificate2? Own { get; init; }

    public EndpointChoice Endpoint { get; init; } = new();

    public UserIdentity User { get; init; } = new UserIdentity.Anonymous();

    /// <summary>The site allows a certificate for another host.</summary>
    public bool IgnoreHost { get; init; }

    /// <summary>The site allows a certificate outside its time.</summary>
    public bool AllowExpired { get; init; }

    /// <summary>The site allows a revocation list whose successor is overdue.</summary>
    public bool AllowOldRevocationList { get; init; }

    /// <summary>How long the server keeps the session without hearing of us.</summary>
    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long one answer may take.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a token of a channel is asked for.</summary>
    public TimeSpan TokenLifetime { get; init; } = TimeSpan.FromHours(1);
}
