using EdgeGateway.Drivers.OpcUa;
using EdgeGateway.Drivers.OpcUa.Client;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;
using EdgeGateway.Drivers.OpcUa.Security;

namespace EdgeGateway.Drivers.Tests.OpcUa;

/// <summary>Which endpoint is taken.</summary>
public sealed class EndpointChoiceTests
{
    private static readonly EndpointDescription Open = Offer(SecurityPolicy.None.Uri, MessageSecurityMode.None, level: 255);
    private static readonly EndpointDescription Signed = Offer(SecurityPolicy.Aes256Sha256RsaPss.Uri, MessageSecurityMode.Sign);
    private static readonly EndpointDescription Basic = Offer(SecurityPolicy.Basic256Sha256.Uri, MessageSecurityMode.SignAndEncrypt);
    private static readonly EndpointDescription Strongest = Offer(SecurityPolicy.Aes256Sha256RsaPss.Uri, MessageSecurityMode.SignAndEncrypt);
    private static readonly EndpointDescription Deprecated = Offer("http://opcfoundation.org/UA/SecurityPolicy#Basic256", MessageSecurityMode.SignAndEncrypt, level: 255);

    [Fact]
    public void The_strongest_is_taken_whatever_the_server_says_of_levels() => Assert.Same(Strongest, new EndpointChoice().Choose([Open, Deprecated, Signed, Basic, Strongest]));

    [Fact]
    public void Encryption_comes_before_the_better_signature() => Assert.Same(Basic, new EndpointChoice().Choose([Signed, Basic]));

    [Fact]
    public void What_the_site_names_is_taken_and_nothing_else()
    {
        Assert.Same(Basic, new EndpointChoice(SecurityPolicy.Basic256Sha256).Choose([Basic, Strongest]));
        Refused(new EndpointChoice(SecurityPolicy.Aes128Sha256RsaOaep), Basic, Strongest);
        Refused(new EndpointChoice(Mode: MessageSecurityMode.SignAndEncrypt), Signed);
    }

    [Fact]
    public void Without_security_only_where_the_site_names_just_that()
    {
        Refused(new EndpointChoice(), Open);
        Refused(new EndpointChoice(Mode: MessageSecurityMode.None), Open);
        Refused(new EndpointChoice(SecurityPolicy.Basic256Sha256), Open);
        Assert.Same(Open, new EndpointChoice(SecurityPolicy.None).Choose([Signed, Open]));
    }

    [Fact]
    public void Deprecated_policies_are_not_spoken() => Refused(new EndpointChoice(), Deprecated);

    [Fact]
    public void A_password_is_not_sent_in_the_open()
    {
        var endpoint = Open with { UserTokens = [new("user", UserTokenKind.UserName, null, null, null)] };
        var refused = Assert.Throws<OpcUaException>(() => new UserIdentity.Named("operator", "secret").Present(endpoint, ChannelSecurity.None, null, new byte[32]));
        Assert.DoesNotContain("secret", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", new UserIdentity.Named("operator", "secret").ToString(), StringComparison.Ordinal);
    }

    private static void Refused(EndpointChoice choice, params EndpointDescription[] offered) =>
        Assert.Equal(StatusCodes.BadSecurityPolicyRejected, Assert.Throws<OpcUaException>(() => choice.Choose(offered)).Status);

    private static EndpointDescription Offer(string policy, MessageSecurityMode mode, byte level = 0) =>
        new("opc.tcp://server", new("urn:server", null, default, 0, null, null, []), default, mode, policy, [], null, level);
}
