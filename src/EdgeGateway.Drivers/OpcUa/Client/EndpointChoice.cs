using EdgeGateway.Drivers.OpcUa.Encoding.Services;
using EdgeGateway.Drivers.OpcUa.Security;

namespace EdgeGateway.Drivers.OpcUa.Client;

/// <summary>Which endpoints a site allows. What the server says of their strength counts for nothing.</summary>
/// <param name="Policy">
/// The only policy; null for the strongest that both sides have. <see cref="SecurityPolicy.None"/> is taken only where it is named here: the list of endpoints is
/// told in the open, and whoever takes the better ones out of it must not get a conversation without security.
/// </param>
/// <param name="Mode">The only mode; null for encryption before signatures.</param>
internal sealed record EndpointChoice(SecurityPolicy? Policy = null, MessageSecurityMode? Mode = null)
{
    private const string BinaryTransport = "http://opcfoundation.org/UA-Profile/Transport/uatcp-uasc-uabinary";

    /// <summary>The best of what is offered.</summary>
    /// <exception cref="OpcUaException">Nothing offered is allowed; the message says what is offered.</exception>
    public EndpointDescription Choose(IReadOnlyCollection<EndpointDescription> offered)
    {
        var best = offered.Where(IsAllowed)
            .OrderByDescending(endpoint => endpoint.Mode).ThenByDescending(endpoint => SecurityPolicy.Find(endpoint.SecurityPolicyUri)!.Strength).FirstOrDefault();
        if (best is not null) return best;
        var seen = string.Join(", ", offered.Take(20).Select(endpoint => $"{Printable.Text(endpoint.SecurityPolicyUri?.Split('#')[^1])}/{endpoint.Mode}"));
        throw new OpcUaException(StatusCodes.BadSecurityPolicyRejected,
            $"the server offers {(seen.Length > 0 ? seen : "no endpoint")}; expected is {Policy?.Name ?? "any policy spoken here"} with {Mode?.ToString() ?? (Policy is { IsNone: true } ? "None" : "Sign or SignAndEncrypt")}"
            + (Policy is null ? $" (an endpoint without security is taken only where the policy {SecurityPolicy.None.Name} is named for this server)" : ""));
    }

    /// <summary>Why an endpoint is not taken, for people; null if it may be.</summary>
    public string? WhyNot(EndpointDescription endpoint)
    {
        if (!string.IsNullOrEmpty(endpoint.TransportProfileUri) && endpoint.TransportProfileUri != BinaryTransport)
            return $"its transport {Printable.Text(endpoint.TransportProfileUri.Split('/')[^1])} is not spoken here, only opc.tcp with binary encoding";
        if (SecurityPolicy.Find(endpoint.SecurityPolicyUri) is not { } policy) return "its policy is not spoken here: deprecated because of SHA-1, or newer than this program";
        if (Policy is not null && policy != Policy) return $"security names {Policy.Name} only";
        if (Mode is not null && endpoint.Mode != Mode) return $"security-mode names {Mode} only";
        if (policy.IsNone) return Policy is null ? "without any protection: taken only where security: None is written" : endpoint.Mode == MessageSecurityMode.None ? null : "policy None with a mode of security";
        return endpoint.Mode is MessageSecurityMode.Sign or MessageSecurityMode.SignAndEncrypt ? null : "a policy without a mode of security";
    }

    private bool IsAllowed(EndpointDescription endpoint) => WhyNot(endpoint) is null;
}
