using System.Security.Cryptography.X509Certificates;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;

namespace EdgeGateway.Drivers.OpcUa.Security;

/// <summary>How a channel is to be secured. The server's certificate has been checked before it comes here.</summary>
/// <param name="Policy">The only policy that is taken.</param>
/// <param name="Mode">The only mode that is taken.</param>
/// <param name="Own">Ours with its private key; null only without security.</param>
/// <param name="Server">The server's; null only without security.</param>
internal sealed record ChannelSecurity(SecurityPolicy Policy, MessageSecurityMode Mode, X509Certificate2? Own, X509Certificate2? Server)
{
    /// <summary>For discovery, and where a site allows it.</summary>
    public static ChannelSecurity None { get; } = new(SecurityPolicy.None, MessageSecurityMode.None, null, null);
}
