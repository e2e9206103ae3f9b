using EdgeGateway.Drivers.OpcUa.Client;

namespace EdgeGateway.Drivers.OpcUa.Polling;

/// <summary>Why there is no conversation with a server, in words for whoever has to mend it.</summary>
internal static class ServerTrouble
{
    /// <summary>The endpoint, what was found, and what to do.</summary>
    public static string Explain(Uri endpoint, UserIdentity? user, OpcUaException reason)
    {
        var found = reason.Message.Replace(endpoint.OriginalString, "it", StringComparison.Ordinal).TrimEnd('.');
        return $"{endpoint.OriginalString}: {found}{RemedyFor(user, reason)}";
    }

    private static string RemedyFor(UserIdentity? user, OpcUaException reason)
    {
        var code = reason.Status.Code;
        if (code == StatusCodes.BadCertificateUntrusted) return ". Or say EdgeGateway trust list, and trust accept with its thumbprint";
        if (reason.IsOfUser) return $". The server does not let {user switch { UserIdentity.Named named => named.ToString(), UserIdentity.Certified => "this user's certificate", _ => "an anonymous user" }} in: "
            + "correct username and password-file (has the password expired?) or ask whoever runs the server; asked again every 30 s";
        if (code == StatusCodes.BadNotConnected) return ". Look at the address and port in connect, at the network, and whether the server runs";
        if (code == StatusCodes.BadSecurityPolicyRejected) return ". Correct security and security-mode of the line, or switch a secured endpoint on at the server";
        if (code == StatusCodes.BadTcpEndpointUrlInvalid) return ". Correct the path in connect: the server knows itself by another one";
        if (code == StatusCodes.BadTooManySessions) return ". Raise the server's limit, or end other clients' sessions";
        if (code == StatusCodes.BadCertificateHostNameInvalid) return " (ignore-host: yes)";
        if (code == StatusCodes.BadCertificateTimeInvalid) return " (allow-expired: yes)";
        if (code == StatusCodes.BadTimeout) return ". The server takes connections and does not answer in time: look at its load and its network";
        return "";
    }
}
