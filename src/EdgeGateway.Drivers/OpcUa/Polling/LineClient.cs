using System.Net;
using EdgeGateway.Drivers.Links;
using EdgeGateway.Drivers.OpcUa.Client;
using EdgeGateway.Drivers.OpcUa.Security;

namespace EdgeGateway.Drivers.OpcUa.Polling;

/// <summary>Who a gateway is to a server, and how it talks there: the same for a line and for the tools that look at a server beforehand.</summary>
internal static class LineClient
{
    /// <summary>The application URI of a gateway, which stands in its certificate.</summary>
    /// <param name="gateway"><c>site/gateway</c>.</param>
    public static string UriOf(string gateway) => $"urn:edgegateway:{gateway.Replace('/', ':')}";

    /// <summary>The common name in its certificate.</summary>
    public static string NameOf(string gateway) => $"EdgeGateway {gateway}";

    /// <summary>Where its certificates are.</summary>
    public static string PkiOf(string stateFolder) => Path.Combine(stateFolder, "pki");

    /// <summary>What a client needs for this server. Makes our certificate if there is none and the endpoint needs one.</summary>
    /// <param name="connect">The server.</param>
    /// <param name="line">What the site says of it.</param>
    /// <param name="user">Who the user is; null for the one that the line names.</param>
    /// <param name="gateway"><c>site/gateway</c>.</param>
    /// <param name="stateFolder">The gateway's.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="OpcUaException">Our certificate, a password or a user's certificate cannot be read.</exception>
    public static ClientSettings Of(Uri connect, OpcUaLine line, UserIdentity? user, string gateway, string stateFolder, TimeProvider time)
    {
        var (pki, uri) = (PkiOf(stateFolder), UriOf(gateway));
        return new ClientSettings
        {
            Url = connect,
            ApplicationUri = uri,
            Dial = cancellationToken => DialAsync(connect, time, cancellationToken),
            Trust = new TrustStore(pki, time),
            Own = line.Endpoint.Policy is { IsNone: true } ? null : ApplicationCertificate.LoadOrCreate(pki, NameOf(gateway), uri, [Dns.GetHostName()], time),
            Endpoint = line.Endpoint,
            User = user ?? line.ReadUser(),
            IgnoreHost = line.IgnoreHost,
            AllowExpired = line.AllowExpired,
            AllowOldRevocationList = line.AllowOldRevocationList,
            SessionTimeout = line.SessionTimeout,
        };
    }

    private static async Task<Stream> DialAsync(Uri connect, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            return await new TcpDial(connect.Host, connect.Port, time).DialAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (LineDownException e)
        {
            var why = e.Message.Replace($"tcp://{connect.Host}:{connect.Port} ", "", StringComparison.Ordinal); // who reads it is told the endpoint already
            throw new OpcUaException(StatusCodes.BadNotConnected, why, e);
        }
    }
}
