using System.Security.Cryptography.X509Certificates;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;
using EdgeGateway.Drivers.OpcUa.Security;

namespace EdgeGateway.Drivers.OpcUa.Client;

/// <summary>An endpoint that was chosen, with the server's checked certificate.</summary>
internal sealed record SelectedEndpoint(EndpointDescription Description, ChannelSecurity Security, X509Certificate2? Server)
{
    /// <summary>Asks the server for its endpoints over a channel without security, chooses one, and checks its certificate.</summary>
    /// <exception cref="OpcUaException">No endpoint is allowed, or its certificate is not trusted.</exception>
    public static async Task<SelectedEndpoint> FindAsync(ClientSettings settings, TimeProvider time, CancellationToken cancellationToken) =>
        Select(settings, settings.Endpoint.Choose(await OfferedAsync(settings, time, cancellationToken).ConfigureAwait(false)));

    /// <summary>Asks the server for its endpoints over a channel without security: nothing of it is proven.</summary>
    /// <exception cref="OpcUaException">The server cannot be reached, or does not tell.</exception>
    public static async Task<EndpointDescription[]> OfferedAsync(ClientSettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        var url = settings.Url.OriginalString;
        var stream = await settings.Dial(cancellationToken).ConfigureAwait(false);
        var channel = await SecureChannel.OpenAsync(stream, url, ChannelSecurity.None, time, cancellationToken).ConfigureAwait(false);
        await using var closing = channel.ConfigureAwait(false);
        return (await channel.CallAsync(new GetEndpointsRequest(url), default, settings.Patience, cancellationToken).ConfigureAwait(false)).Endpoints;
    }

    /// <summary>A session that was made at the other one can go on at this one: the same certificate, policy and mode (OPC 10000-4, 5.6.3).</summary>
    public bool IsSameAs(SelectedEndpoint other) => Security.Policy == other.Security.Policy && Security.Mode == other.Security.Mode
        && (Server is null ? other.Server is null : other.Server is not null && Server.RawData.AsSpan().SequenceEqual(other.Server.RawData));

    /// <summary>Checks the server's certificate again: somebody may have taken his trust back since.</summary>
    /// <exception cref="OpcUaException">It is not trusted any more, or has expired.</exception>
    public void CheckTrust(ClientSettings settings) => Select(settings, Description);

    private static SelectedEndpoint Select(ClientSettings settings, EndpointDescription endpoint)
    {
        var policy = SecurityPolicy.Find(endpoint.SecurityPolicyUri)!; // chosen among these
        X509Certificate2? server = null;
        // Also where the channel is open: a password must not be encrypted for a stranger (OPC 10000-4, 7.41.1).
        if (!policy.IsNone || (settings.User is not UserIdentity.Anonymous && endpoint.ServerCertificate.Length > 0))
            server = settings.Trust.Check(endpoint.ServerCertificate.Span, new(endpoint.Server.ApplicationUri, settings.Url.Host, settings.IgnoreHost, settings.AllowExpired, settings.AllowOldRevocationList));
        if (policy.IsNone) return new(endpoint, ChannelSecurity.None, server);
        if (settings.Own is null) throw new OpcUaException(StatusCodes.BadConfigurationError, $"an endpoint with {policy.Name} needs a certificate of our own");
        return new(endpoint, new ChannelSecurity(policy, endpoint.Mode, settings.Own, server), server);
    }
}
