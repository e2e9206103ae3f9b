using System.Security.Cryptography.X509Certificates;
using EdgeGateway.Drivers.OpcUa;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;
using EdgeGateway.Drivers.OpcUa.Security;

namespace EdgeGateway.Drivers.Tests.OpcUa;

/// <summary>Channels to a server written by others: every policy, both modes, renewals.</summary>
public sealed class PeerChannelTests(PeerFixture peer) : IClassFixture<PeerFixture>, IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static TheoryData<string, int, bool> Secured
    {
        get
        {
            var data = new TheoryData<string, int, bool>();
            foreach (var policy in SecurityPolicy.All.Where(policy => !policy.IsNone))
                foreach (var mode in new[] { MessageSecurityMode.Sign, MessageSecurityMode.SignAndEncrypt })
                    foreach (var isLong in new[] { false, true }) data.Add(policy.Uri, (int)mode, isLong);
            return data;
        }
    }

    public ValueTask InitializeAsync() => peer.Start();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_server_tells_its_endpoints()
    {
        var endpoints = await Endpoints();
        Assert.Equal(7, endpoints.Length);
        Assert.Contains(endpoints, endpoint => endpoint.SecurityPolicyUri == SecurityPolicy.Aes256Sha256RsaPss.Uri && endpoint.Mode == MessageSecurityMode.SignAndEncrypt);
        Assert.All(endpoints, endpoint => Assert.Equal("urn:opcua-peer", endpoint.Server.ApplicationUri));
    }

    [Fact]
    public async Task A_server_tells_the_servers_it_knows()
    {
        await using var channel = await Open(ChannelSecurity.None);
        var response = await channel.CallAsync(new FindServersRequest(peer.Server.Url), default, Patience, CancellationToken.None);
        Assert.Contains(response.Servers, server => server.ApplicationUri == "urn:opcua-peer");
    }

    [Theory, MemberData(nameof(Secured))]
    public async Task A_secured_channel_carries_questions_and_answers(string policyUri, int mode, bool isLong)
    {
        var security = await Security(policyUri, (MessageSecurityMode)mode, isLong ? Certificates.Long : Certificates.Own);
        await using var channel = await Open(security);
        for (var call = 0; call < 3; call++)
        {
            var response = await channel.CallAsync(new GetEndpointsRequest(peer.Server.Url), default, Patience, CancellationToken.None);
            Assert.Equal(7, response.Endpoints.Length);
        }
    }

    [Theory]
    [InlineData("None")]
    [InlineData("Basic256Sha256")]
    [InlineData("Aes256_Sha256_RsaPss")]
    public async Task A_token_is_renewed_while_questions_go_on(string policy)
    {
        var security = policy == "None" ? ChannelSecurity.None
            : await Security(SecurityPolicy.All.Single(each => each.Name == policy).Uri, MessageSecurityMode.SignAndEncrypt, Certificates.Own);
        await using var channel = await Open(security, lifetimeMilliseconds: 2000);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => AskUntilRenewed(channel, 3)));
        Assert.True(channel.Renewals >= 3);
        Assert.False(channel.Ended.IsCompleted);
    }

    [Fact]
    public async Task A_server_that_shows_another_certificate_than_the_checked_one_is_refused()
    {
        var security = await Security(SecurityPolicy.Basic256Sha256.Uri, MessageSecurityMode.Sign, Certificates.Own);
        var refused = await Assert.ThrowsAsync<OpcUaException>(() => Open(security with { Server = Certificates.Long }));
        Assert.True(refused.Status.IsBad, refused.Message);
    }

    private async Task AskUntilRenewed(SecureChannel channel, int renewals)
    {
        while (channel.Renewals < renewals) await channel.CallAsync(new GetEndpointsRequest(peer.Server.Url), default, Patience, CancellationToken.None);
    }

    private async Task<EndpointDescription[]> Endpoints()
    {
        await using var channel = await Open(ChannelSecurity.None);
        return (await channel.CallAsync(new GetEndpointsRequest(peer.Server.Url), default, Patience, CancellationToken.None)).Endpoints;
    }

    private async Task<ChannelSecurity> Security(string policyUri, MessageSecurityMode mode, X509Certificate2 own)
    {
        var endpoint = (await Endpoints()).Single(each => each.SecurityPolicyUri == policyUri && each.Mode == mode);
        return new(SecurityPolicy.Find(policyUri)!, mode, own, X509CertificateLoader.LoadCertificate(endpoint.ServerCertificate.Span)); // one of ours
    }

    private async Task<SecureChannel> Open(ChannelSecurity security, uint lifetimeMilliseconds = 3_600_000) => await SecureChannel.OpenAsync(
        await peer.Server.Dial(CancellationToken.None), peer.Server.Url, security, TimeProvider.System, CancellationToken.None, lifetimeMilliseconds: lifetimeMilliseconds);
}
