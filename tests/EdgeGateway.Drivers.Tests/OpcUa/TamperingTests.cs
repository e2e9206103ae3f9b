using EdgeGateway.Drivers.OpcUa;
using EdgeGateway.Drivers.OpcUa.Client;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;
using EdgeGateway.Drivers.OpcUa.Security;
using EdgeGateway.Drivers.Tests.OpcUa.Scripted;
using Microsoft.Extensions.Time.Testing;

namespace EdgeGateway.Drivers.Tests.OpcUa;

/// <summary>What somebody between us and the server, or a server that is not what it says, could try. Each time there is no session, and the reason is named.</summary>
public sealed class TamperingTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly ScriptedServer _server = new();
    private readonly List<ServerConnection> _connections = [];

    public ValueTask InitializeAsync()
    {
        File.WriteAllBytes(Path.Combine(Directory.CreateDirectory(_folder.Sub("trusted", "certs")).FullName, "server.der"), _server.Certificate.RawData);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task An_honest_server_gets_a_session_with_the_strongest_policy()
    {
        await using var session = await Open();
        Assert.Equal(SecurityPolicy.Aes256Sha256RsaPss, session.Endpoint.Security.Policy);
    }

    [Theory]
    [InlineData((int)MessageSecurityMode.Sign)]
    [InlineData((int)MessageSecurityMode.SignAndEncrypt)]
    public async Task A_message_that_was_changed_on_its_way_ends_the_channel(int mode)
    {
        TamperWithMessages(chunk =>
        {
            chunk[^1] ^= 1;
            return [chunk];
        });
        await Refused(StatusCodes.BadSecurityChecksFailed, new EndpointChoice(SecurityPolicy.Basic256Sha256, (MessageSecurityMode)mode));
    }

    [Fact]
    public async Task A_message_that_comes_twice_ends_the_channel()
    {
        await using var session = await Open(connection => chunk => IsMessage(chunk) ? [chunk, chunk] : [chunk]);
        var ended = await session.Channel.Ended.WaitAsync(Eventually.Patience, TimeProvider.System);
        Assert.Equal(StatusCodes.BadSequenceNumberInvalid, ended.Status);
    }

    [Fact]
    public async Task A_message_that_is_held_back_ends_the_channel()
    {
        TamperWithMessages(chunk => []);
        var channel = await Channel(TimeProvider.System);
        await using var closing = channel;
        var lost = channel.CallAsync(new GetEndpointsRequest(_server.Url), default, Eventually.Patience, CancellationToken.None);
        await Eventually.Is(() => _server.Count(428) > 0, "the request to come");
        TamperWithMessages(chunk => [chunk], isForOpen: true);
        var next = channel.CallAsync(new GetEndpointsRequest(_server.Url), default, Eventually.Patience, CancellationToken.None);
        Assert.Equal(StatusCodes.BadSequenceNumberInvalid, (await Assert.ThrowsAsync<OpcUaException>(() => next)).Status);
        Assert.Equal(StatusCodes.BadSequenceNumberInvalid, (await Assert.ThrowsAsync<OpcUaException>(() => lost)).Status);
    }

    [Fact]
    public async Task A_session_made_with_another_certificate_than_the_channel_is_refused()
    {
        _server.OnSessionCertificate = _ => Certificates.Own;
        await Refused(StatusCodes.BadCertificateInvalid);
    }

    [Fact]
    public async Task A_server_that_cannot_sign_with_its_certificate_is_refused()
    {
        _server.OnSessionSignature = signature =>
        {
            signature[0] ^= 1;
            return signature;
        };
        await Refused(StatusCodes.BadApplicationSignatureInvalid);
    }

    [Fact]
    public async Task A_list_of_endpoints_without_the_better_ones_is_noticed()
    {
        _server.OnEndpoints = (isInSession, offered) => isInSession ? offered : [.. offered.Where(each => each.SecurityPolicyUri != SecurityPolicy.Aes256Sha256RsaPss.Uri)];
        await Refused(StatusCodes.BadSecurityChecksFailed);
        await Eventually.Is(() => _server.Sessions.Count == 0, "the session to be closed at the server");
    }

    [Fact]
    public async Task A_list_with_nothing_but_an_endpoint_without_security_is_refused()
    {
        _server.OnEndpoints = (_, offered) => [.. offered.Where(each => each.SecurityPolicyUri == SecurityPolicy.None.Uri)];
        await Refused(StatusCodes.BadSecurityPolicyRejected);
        Assert.Empty(_server.Sessions);
    }

    [Fact]
    public async Task A_list_that_names_no_application_is_refused()
    {
        _server.OnEndpoints = (_, offered) => [.. offered.Select(each => each with { Server = each.Server with { ApplicationUri = null } })];
        await Refused(StatusCodes.BadCertificateUriInvalid);
    }

    [Fact]
    public async Task A_session_nonce_that_comes_twice_is_refused()
    {
        byte[]? first = null;
        _server.OnSessionNonce = nonce => first ??= nonce;
        await Refused(StatusCodes.BadNonceInvalid);
    }

    [Fact]
    public async Task A_session_nonce_that_is_too_short_is_refused()
    {
        _server.OnSessionNonce = nonce => nonce[..31];
        await Refused(StatusCodes.BadNonceInvalid);
    }

    [Fact]
    public async Task A_channel_nonce_of_another_length_is_refused()
    {
        _server.OnChannelNonce = nonce => nonce[..16];
        await Refused(StatusCodes.BadNonceInvalid);
    }

    [Fact]
    public async Task A_channel_nonce_that_comes_twice_ends_the_channel_when_the_token_is_renewed()
    {
        var always = new byte[32];
        _server.OnChannelNonce = _ => always;
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var channel = await Channel(time);
        time.Advance(TimeSpan.FromMinutes(46));
        Assert.Equal(StatusCodes.BadNonceInvalid, (await channel.Ended.WaitAsync(Eventually.Patience, TimeProvider.System)).Status);
    }

    [Fact]
    public async Task A_message_under_the_token_before_is_taken_for_a_while_and_then_ends_the_channel()
    {
        ChannelToken? first = null;
        _server.OnToken = token => first ??= token;
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var channel = await Channel(time);
        await Ask(channel);
        time.Advance(TimeSpan.FromMinutes(46));
        await Eventually.Is(() => channel.Renewals == 1, "the token to be renewed");
        time.Advance(TimeSpan.FromMinutes(28));
        await Ask(channel);
        time.Advance(TimeSpan.FromMinutes(2));
        var refused = await Assert.ThrowsAsync<OpcUaException>(() => Ask(channel));
        Assert.Equal(StatusCodes.BadSecureChannelTokenUnknown, refused.Status);
    }

    private static bool IsMessage(byte[] chunk) => chunk.AsSpan().StartsWith("MSG"u8);

    private Task<GetEndpointsResponse> Ask(SecureChannel channel) => channel.CallAsync(new GetEndpointsRequest(_server.Url), default, TimeSpan.FromSeconds(30), CancellationToken.None);

    /// <summary>Changes the messages of secured connections; discovery is left alone.</summary>
    private void TamperWithMessages(Func<byte[], byte[][]> tamper, bool isForOpen = false)
    {
        byte[][] Secured(ServerConnection connection, byte[] chunk) => IsMessage(chunk) && !connection.Policy.IsNone ? tamper(chunk) : [chunk];
        if (isForOpen)
            foreach (var connection in _connections) connection.Tamper = chunk => Secured(connection, chunk);
        _server.OnConnection = connection =>
        {
            _connections.Add(connection);
            connection.Tamper = chunk => Secured(connection, chunk);
        };
    }

    /// <summary>Opens a session, and tampers with what comes after.</summary>
    private async Task<Session> Open(Func<ServerConnection, Func<byte[], byte[][]>>? tamper = null)
    {
        _server.OnConnection = _connections.Add;
        var session = await Session.OpenAsync(Settings(new()), TimeProvider.System, CancellationToken.None);
        if (tamper is null) return session;
        foreach (var connection in _connections) connection.Tamper = tamper(connection);
        await session.CallAsync(new ReadRequest(0, TimestampsToReturn.Neither, [new ReadValueId(new(2259))]), CancellationToken.None);
        return session;
    }

    private async Task<SecureChannel> Channel(TimeProvider time)
    {
        var security = new ChannelSecurity(SecurityPolicy.Basic256Sha256, MessageSecurityMode.SignAndEncrypt, Certificates.Own, _server.Certificate);
        return await SecureChannel.OpenAsync(await _server.Dial(CancellationToken.None), _server.Url, security, time, CancellationToken.None);
    }

    private async Task Refused(StatusCode status, EndpointChoice? choice = null)
    {
        var refused = await Assert.ThrowsAsync<OpcUaException>(() => Session.OpenAsync(Settings(choice ?? new()), TimeProvider.System, CancellationToken.None));
        Assert.True(status == refused.Status, refused.ToString());
    }

    private ClientSettings Settings(EndpointChoice choice) => new()
    {
        Url = new Uri(_server.Url),
        ApplicationUri = Certificates.Uri,
        Dial = _server.Dial,
        Trust = new TrustStore(_folder.Path, TimeProvider.System),
        Own = Certificates.Own,
        Endpoint = choice,
    };
}
