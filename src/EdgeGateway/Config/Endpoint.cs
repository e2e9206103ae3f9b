namespace EdgeGateway.Config;

/// <summary>What an address in a plant file may hold.</summary>
internal static class Endpoint
{
    /// <summary>True if the address is a scheme, a host and perhaps a port, and nothing else: no user, path, query or fragment.</summary>
    public static bool IsBare(Uri url) =>
        url.Host.Length > 0 && url.Port != 0 && url.UserInfo.Length == 0 && url.PathAndQuery is "" or "/" && url.Fragment.Length == 0;
}
