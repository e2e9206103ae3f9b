using EdgeGateway.Drivers.OpcUa.Client;
using EdgeGateway.Drivers.OpcUa.Polling;

namespace EdgeGateway.Commands.Ua;

/// <summary>A server, and who asks it.</summary>
/// <param name="Connect">Its address.</param>
/// <param name="Line">What a line would say of it.</param>
/// <param name="User">Who the user is; null for the one of <paramref name="Line"/>.</param>
/// <param name="Gateway">Who asks, <c>site/gateway</c>.</param>
/// <param name="StateFolder">Where its certificate is, and whom it trusts; absolute.</param>
internal sealed record UaTarget(Uri Connect, OpcUaLine Line, UserIdentity? User, string Gateway, string StateFolder)
{
    /// <summary>Who asks where there is no site yet; the same as probe's.</summary>
    public const string Nobody = "probe/here";

    /// <summary>Its certificate and its trust are not those of a gateway that may come later: below the state folder.</summary>
    public const string NobodysFolder = "probe";

    /// <summary>What a client needs.</summary>
    /// <exception cref="Drivers.OpcUa.OpcUaException">Our certificate, a password or a user's certificate cannot be read.</exception>
    public ClientSettings ToSettings(TimeProvider time) => LineClient.Of(Connect, Line, User, Gateway, StateFolder, time);
}
