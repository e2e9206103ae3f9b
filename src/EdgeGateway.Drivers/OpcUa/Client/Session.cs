using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EdgeGateway.Drivers.OpcUa.Encoding;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;
using EdgeGateway.Drivers.OpcUa.Security;

namespace EdgeGateway.Drivers.OpcUa.Client;

/// <summary>
/// A session with a server. It outlives its channel: after a link fault it goes on over a new one. Calls may come from any thread; one owner opens,
/// moves and closes it.
/// </summary>
internal sealed class Session : IAsyncDisposable
{
    private const int NonceBytes = 32;

    private readonly ClientSettings _settings;
    private readonly TimeProvider _time;
    private readonly SelectedEndpoint _endpoint;
    private SecureChannel _channel;
    private NodeId _authenticationToken;
    private ByteString _serverNonce;

    private Session(ClientSettings settings, TimeProvider time, SelectedEndpoint endpoint, SecureChannel channel) =>
        (_settings, _time, _endpoint, _channel) = (settings, time, endpoint, channel);

    public SelectedEndpoint Endpoint => _endpoint;

    public NodeId Id { get; private set; }

    /// <summary>How long the server keeps the session without hearing of us.</summary>
    public TimeSpan Timeout { get; private set; }

    /// <summary>The channel of now.</summary>
    public SecureChannel Channel => _channel;

    /// <summary>Finds the endpoint, opens a channel, makes and activates a session.</summary>
    /// <exception cref="OpcUaException">One of them failed; the message says what to do.</exception>
    public static async Task<Session> OpenAsync(ClientSettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        var endpoint = await SelectedEndpoint.FindAsync(settings, time, cancellationToken).ConfigureAwait(false);
        var channel = await OpenChannelAsync(settings, time, endpoint, cancellationToken).ConfigureAwait(false);
        var session = new Session(settings, time, endpoint, channel);
        try
        {
            await session.CreateAsync(cancellationToken).ConfigureAwait(false);
            await session.ActivateAsync(cancellationToken).ConfigureAwait(false);
            return session;
        }
        catch
        {
            await channel.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Goes on over a new channel after the old one has ended.</summary>
    /// <exception cref="OpcUaException">
    /// The status says whether the session is gone (<see cref="IsGone"/>); everything else is a fault of the link, after which the session may still live.
    /// </exception>
    public async Task MoveAsync(CancellationToken cancellationToken)
    {
        var channel = await OpenChannelAsync(_settings, _time, _endpoint, cancellationToken).ConfigureAwait(false);
        var before = _channel;
        _channel = channel;
        await before.DisposeAsync().ConfigureAwait(false);
        await ActivateAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>True if a refusal means that the server does not have this session any more.</summary>
    public static bool IsGone(StatusCode status) => status.Code == StatusCodes.BadSessionIdInvalid || status.Code == StatusCodes.BadSessionClosed
        || status.Code == StatusCodes.BadSessionNotActivated;

    /// <summary>Asks within the session.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <param name="patience">For answers that take long by their nature.</param>
    public Task<TResponse> CallAsync<TResponse>(IServiceRequest<TResponse> request, CancellationToken cancellationToken, TimeSpan? patience = null)
        where TResponse : IServiceResponse<TResponse> => _channel.CallAsync(request, _authenticationToken, patience ?? _settings.Patience, cancellationToken);

    /// <summary>Ends the session and its subscriptions at the server, where that is still possible.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!_channel.Ended.IsCompleted) await CallAsync(new CloseSessionRequest(DeleteSubscriptions: true), CancellationToken.None, TimeSpan.FromSeconds(2)).ConfigureAwait(false);
        }
        catch (OpcUaException)
        {
            // the link or the session is gone: the server ends it by its own timeout
        }
        await _channel.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task<SecureChannel> OpenChannelAsync(ClientSettings settings, TimeProvider time, SelectedEndpoint endpoint, CancellationToken cancellationToken)
    {
        var stream = await settings.Dial(cancellationToken).ConfigureAwait(false);
        return await SecureChannel.OpenAsync(
            stream, settings.Url.OriginalString, endpoint.Security, time, cancellationToken, lifetimeMilliseconds: (uint)settings.TokenLifetime.TotalMilliseconds).ConfigureAwait(false);
    }

    private async Task CreateAsync(CancellationToken cancellationToken)
    {
        var nonce = RandomNumberGenerator.GetBytes(NonceBytes);
        var isSecure = !_endpoint.Security.Policy.IsNone;
        var client = new ApplicationDescription(_settings.ApplicationUri, "urn:edgegateway", new(null, "EdgeGateway"), ApplicationDescription.Client, null, null, []);
        var request = new CreateSessionRequest(client, _settings.Url.OriginalString, "EdgeGateway", nonce, isSecure ? _settings.Own!.RawData : null, _settings.SessionTimeout.TotalMilliseconds);
        var response = await CallAsync(request, cancellationToken).ConfigureAwait(false);
        CheckNonce(response.ServerNonce);
        if (isSecure) CheckServer(response, nonce);
        CheckEndpoints(response.Endpoints);
        (Id, _authenticationToken, _serverNonce) = (response.SessionId, response.AuthenticationToken, response.ServerNonce);
        Timeout = double.IsFinite(response.TimeoutMilliseconds) && response.TimeoutMilliseconds is > 0 and < int.MaxValue
            ? TimeSpan.FromMilliseconds(response.TimeoutMilliseconds) : _settings.SessionTimeout;
    }

    private async Task ActivateAsync(CancellationToken cancellationToken)
    {
        var security = _endpoint.Security;
        var signature = default(SignatureData);
        if (!security.Policy.IsNone)
        {
            using var key = _settings.Own!.GetRSAPrivateKey()!; // the channel was opened with it
            signature = new(security.Policy.SignatureAlgorithm, security.Policy.Sign([.. _endpoint.Server!.RawData, .. _serverNonce.Span], key));
        }
        var (token, userSignature) = _settings.User.Present(_endpoint.Description, security, _endpoint.Server, _serverNonce);
        var response = await CallAsync(new ActivateSessionRequest(signature, token, userSignature), cancellationToken).ConfigureAwait(false);
        CheckNonce(response.ServerNonce);
        _serverNonce = response.ServerNonce;
    }

    private void CheckNonce(ByteString nonce)
    {
        var isNeeded = !_endpoint.Security.Policy.IsNone || _settings.User is not UserIdentity.Anonymous;
        if (isNeeded && (nonce.Length < NonceBytes || nonce.Equals(_serverNonce)))
            throw new OpcUaException(StatusCodes.BadNonceInvalid, $"a session nonce of {nonce.Length} bytes; at least {NonceBytes} fresh ones expected");
    }

    private void CheckServer(CreateSessionResponse response, byte[] nonce)
    {
        var server = _endpoint.Server!; // secured: it was checked
        if (!response.ServerCertificate.Span.StartsWith(server.RawData))
            throw new OpcUaException(StatusCodes.BadCertificateInvalid, "the session was made with another certificate than the channel's: somebody stands between us and the server");
        var policy = _endpoint.Security.Policy;
        using var key = server.GetRSAPublicKey()!; // checked: it has one
        byte[] signed = [.. _settings.Own!.RawData, .. nonce];
        if (response.ServerSignature.Algorithm != policy.SignatureAlgorithm || !policy.Verify(signed, response.ServerSignature.Signature.Span, key))
            throw new OpcUaException(StatusCodes.BadApplicationSignatureInvalid, "the server did not prove that the certificate it shows is its own");
    }

    /// <summary>What the open discovery said must be what the secured session says: otherwise somebody took the better endpoints away.</summary>
    private void CheckEndpoints(EndpointDescription[] endpoints)
    {
        if (_endpoint.Security.Policy.IsNone) return; // nothing that is said here is proven either
        var chosen = _endpoint.Description;
        var same = endpoints.FirstOrDefault(each => each.SecurityPolicyUri == chosen.SecurityPolicyUri && each.Mode == chosen.Mode
            && each.UserTokens.SequenceEqual(chosen.UserTokens)); // servers may leave the certificate out here (OPC 10000-4, 5.6.2.2)
        var best = endpoints.Length == 0 ? null : _settings.Endpoint.Choose(endpoints);
        if (same is null || best!.SecurityPolicyUri != chosen.SecurityPolicyUri || best.Mode != chosen.Mode)
            throw new OpcUaException(StatusCodes.BadSecurityChecksFailed, "the endpoints that the server told in the open are not those it tells in the session: somebody may have changed them");
    }
}
