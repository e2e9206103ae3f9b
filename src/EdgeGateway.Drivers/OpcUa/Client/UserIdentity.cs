using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EdgeGateway.Drivers.OpcUa.Encoding;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;
using EdgeGateway.Drivers.OpcUa.Security;

namespace EdgeGateway.Drivers.OpcUa.Client;

/// <summary>Who the user is.</summary>
internal abstract record UserIdentity
{
    private const int MaxPasswordBytes = 64; // OPC 10000-4, 7.41.2.2

    private UserIdentity()
    {
    }

    /// <summary>Nobody in particular.</summary>
    public sealed record Anonymous : UserIdentity;

    /// <summary>A name with a password; it is never shown.</summary>
    public sealed record Named(string UserName, string Password) : UserIdentity
    {
        public override string ToString() => $"user {UserName}";
    }

    /// <summary>A certificate with its private key.</summary>
    public sealed record Certified(X509Certificate2 Certificate) : UserIdentity;

    /// <summary>Says it the way <paramref name="endpoint"/> takes it.</summary>
    /// <param name="endpoint">What the server offers.</param>
    /// <param name="security">How the channel is secured.</param>
    /// <param name="server">The server's checked certificate; null where there is none.</param>
    /// <param name="serverNonce">The last one.</param>
    /// <exception cref="OpcUaException">The endpoint does not take it, or it would have to be sent in the open.</exception>
    public (IdentityToken Token, SignatureData Signature) Present(
        EndpointDescription endpoint, ChannelSecurity security, X509Certificate2? server, ByteString serverNonce)
    {
        var kind = this switch { Anonymous => UserTokenKind.Anonymous, Named => UserTokenKind.UserName, _ => UserTokenKind.Certificate };
        var offers = endpoint.UserTokens.Where(offer => offer.Kind == kind)
            .Select(offer => (Offer: offer, Policy: string.IsNullOrEmpty(offer.SecurityPolicyUri) ? security.Policy : SecurityPolicy.Find(offer.SecurityPolicyUri)))
            .Where(each => each.Policy is not null).OrderByDescending(each => each.Policy!.Strength).ToList();
        if (offers.Count == 0)
        {
            var taken = string.Join(", ", endpoint.UserTokens.Select(offer => offer.Kind).Distinct());
            throw new OpcUaException(StatusCodes.BadIdentityTokenRejected, $"the endpoint takes no {kind} user with a policy spoken here; it takes {(taken.Length > 0 ? taken : "none")}");
        }
        var (policyId, policy) = (offers[0].Offer.PolicyId, offers[0].Policy!);
        return this switch
        {
            Named named => (named.Encrypt(policyId, policy, security, server, serverNonce), default),
            Certified certified => certified.Prove(policyId, policy, server, serverNonce),
            _ => (new AnonymousToken(policyId), default),
        };
    }

    private static X509Certificate2 Needed(X509Certificate2? server) =>
        server ?? throw new OpcUaException(StatusCodes.BadCertificateInvalid, "the server shows no certificate that a user's secret could be protected with");

    private UserNameToken Encrypt(string? policyId, SecurityPolicy policy, ChannelSecurity security, X509Certificate2? server, ByteString serverNonce)
    {
        var (userName, text) = this is Named named ? (named.UserName, named.Password) : throw new InvalidOperationException("no user name");
        var password = System.Text.Encoding.UTF8.GetBytes(text);
        if (password.Length > MaxPasswordBytes) throw new OpcUaException(StatusCodes.BadIdentityTokenInvalid, $"the password of {userName} has {password.Length} bytes; at most {MaxPasswordBytes} can be sent");
        if (policy.IsNone)
        {
            if (security.Mode != MessageSecurityMode.SignAndEncrypt)
                throw new OpcUaException(StatusCodes.BadSecurityPolicyRejected, $"the password of {userName} would be sent in the open: choose an endpoint with SignAndEncrypt");
            return new UserNameToken(policyId, userName, password, null);
        }
        // The nonce makes the secret good for this session only.
        var secret = new UaWriter(1024);
        secret.WriteInt32(password.Length + serverNonce.Length);
        secret.WriteRaw(password);
        secret.WriteRaw(serverNonce.Span);
        using var key = Needed(server).GetRSAPublicKey()!; // checked: it has one
        return new UserNameToken(policyId, userName, policy.Encrypt(secret.Written, key, lastMayBeShort: true), policy.EncryptionAlgorithm);
    }

    private (IdentityToken Token, SignatureData Signature) Prove(string? policyId, SecurityPolicy policy, X509Certificate2? server, ByteString serverNonce)
    {
        if (this is not Certified certified) throw new InvalidOperationException("no certificate");
        if (policy.IsNone) throw new OpcUaException(StatusCodes.BadSecurityPolicyRejected, "the endpoint would take the user's certificate without a proof: choose an endpoint with a security policy");
        using var key = certified.Certificate.GetRSAPrivateKey() ?? throw new OpcUaException(StatusCodes.BadIdentityTokenInvalid, "the user's certificate has no RSA private key beside it");
        var signature = policy.Sign([.. Needed(server).RawData, .. serverNonce.Span], key);
        return (new CertificateToken(policyId, certified.Certificate.RawData), new SignatureData(policy.SignatureAlgorithm, signature));
    }
}
