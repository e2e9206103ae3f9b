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
    private static readonly TimeSpan GoodbyePatience = TimeSpan.FromSeconds(2);

    private readonly ClientSettings _settings;
    private readonly TimeProvider _time;
    private readonly SelectedEndpoint _endpoint;
    private volatile SecureChannel _channel;
    private volatile bool _isGone;
    private NodeId _authenticationToken;
    private ByteString _serverNonce;
    private long _lastAlive;

    private Session(ClientSettings settings, TimeProvider time, SelectedEndpoint endpoint, SecureChannel channel) =>
        (_settings, _time, _endpoint, _channel, _lastAlive) = (settings, time, endpoint, channel, time.GetTimestamp());

    public SelectedEndpoint Endpoint => _endpoint;

    public NodeId Id { get; private set; }

    /// <summary>How long the server keeps the session without hearing of us; never longer than was asked for, whatever the server grants.</summary>
    public TimeSpan Timeout { get; private set; }

    /// <summary>The channel of now.</summary>
    public SecureChannel Channel => _channel;

    /// <summary>The server does not have this session any more, or does not take it up again: only a new one helps.</summary>
    public bool IsGone => _isGone;

    /// <summary>True if the server lives and has refused what was asked: nothing is wrong with the link or with the session.</summary>
    public bool HasRefused(OpcUaException failure) => !_channel.Ended.IsCompleted && !_isGone && failure.Status.Code != StatusCodes.BadTimeout;

    /// <summary>By <see cref="TimeProvider.GetTimestamp"/>: when the server last did something within the session.</summary>
    public long LastAlive => Volatile.Read(ref _lastAlive);

    /// <summary>Finds the endpoint, opens a channel, makes and activates a session.</summary>
    /// <exception cref="OpcUaException">One of them failed; the message says what to do.</exception>
    public static async Task<Session> OpenAsync(ClientSettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        var endpoint = await SelectedEndpoint.FindAsync(settings, time, cancellationToken).ConfigureAwait(false);
        var stream = await settings.Dial(cancellationToken).ConfigureAwait(false);
        var channel = await OpenChannelAsync(stream, settings, time, endpoint, cancellationToken).ConfigureAwait(false);
        var session = new Session(settings, time, endpoint, channel);
        try
        {
            await session.CreateAsync(cancellationToken).ConfigureAwait(false);
            await session.ActivateAsync(channel, cancellationToken).ConfigureAwait(false);
            return session;
        }
        catch
        {
            // What the server has made by now would pile up there until its timeout.
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Goes on over a new channel after the old one has ended. The server's certificate is checked again: somebody may have taken his trust back.
    /// </summary>
    /// <exception cref="OpcUaException">
    /// <see cref="IsGone"/> says whether only a new session helps; everything else is a fault of the link, after which this one may still live.
    /// </exception>
    public async Task MoveAsync(CancellationToken cancellationToken)
    {
        var channel = await OpenAgainAsync(cancellationToken).ConfigureAwait(false);
        var isActive = false;
        try
        {
            await ActivateAsync(channel, cancellationToken).ConfigureAwait(false);
            isActive = true;
        }
        catch (OpcUaException e) when (!channel.Ended.IsCompleted && e.Status.Code != StatusCodes.BadTimeout)
        {
            // Refused, and it would be again: an answer that was lost before leaves the two sides with different nonces for good.
            _isGone = true;
            throw;
        }
        finally
        {
            if (!isActive) await channel.DisposeAsync().ConfigureAwait(false);
        }
        var before = _channel;
        _channel = channel;
        await before.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Asks within the session.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <param name="patience">For answers that take long by their nature.</param>
    public Task<TResponse> CallAsync<TResponse>(IServiceRequest<TResponse> request, CancellationToken cancellationToken, TimeSpan? patience = null)
        where TResponse : IServiceResponse<TResponse> => CallAsync(_channel, request, patience ?? _settings.Patience, cancellationToken);

    /// <summary>Ends the session and its subscriptions at the server, where that is still possible.</summary>
    public ValueTask DisposeAsync() => CloseAsync(deleteSubscriptions: true);

    /// <summary>Ends the session at the server, where that is still possible.</summary>
    /// <param name="deleteSubscriptions">False if another session is to take them over.</param>
    public async ValueTask CloseAsync(bool deleteSubscriptions)
    {
        try
        {
            if (!_authenticationToken.IsNull && !_isGone && !_channel.Ended.IsCompleted)
                await CallAsync(new CloseSessionRequest(deleteSubscriptions), CancellationToken.None, GoodbyePatience).ConfigureAwait(false);
        }
        catch (OpcUaException)
        {
            // the link or the session is gone: the server ends it by its own timeout
        }
        await _channel.DisposeAsync().ConfigureAwait(false);
    }

    private static bool SaysGone(StatusCode status) => status.Code == StatusCodes.BadSessionIdInvalid || status.Code == StatusCodes.BadSessionClosed
        || status.Code == StatusCodes.BadSessionNotActivated || status.Code == StatusCodes.BadSecureChannelIdInvalid;

    private static Task<SecureChannel> OpenChannelAsync(Stream stream, ClientSettings settings, TimeProvider time, SelectedEndpoint endpoint, CancellationToken cancellationToken) =>
        SecureChannel.OpenAsync(stream, settings.Url.OriginalString, endpoint.Security, time, cancellationToken, lifetimeMilliseconds: (uint)settings.TokenLifetime.TotalMilliseconds);

    // The endpoint is known: asking for it again would be a second connection for nothing, unless the server is another one than it was.
    private async Task<SecureChannel> OpenAgainAsync(CancellationToken cancellationToken)
    {
        var stream = await _settings.Dial(cancellationToken).ConfigureAwait(false);
        try
        {
            try
            {
                _endpoint.CheckTrust(_settings);
            }
            catch
            {
                await stream.DisposeAsync().ConfigureAwait(false);
                throw;
            }
            return await OpenChannelAsync(stream, _settings, _time, _endpoint, cancellationToken).ConfigureAwait(false);
        }
        catch (OpcUaException)
        {
            var found = await SelectedEndpoint.FindAsync(_settings, _time, cancellationToken).ConfigureAwait(false);
            if (found.IsSameAs(_endpoint)) throw;
            _isGone = true;
            throw new OpcUaException(StatusCodes.BadSessionClosed, "the server has another certificate or another best endpoint than when the session was made: a new session is needed");
        }
    }

    private async Task<TResponse> CallAsync<TResponse>(SecureChannel channel, IServiceRequest<TResponse> request, TimeSpan patience, CancellationToken cancellationToken)
        where TResponse : IServiceResponse<TResponse>
    {
        try
        {
            var response = await channel.CallAsync(request, _authenticationToken, patience, cancellationToken).ConfigureAwait(false);
            Volatile.Write(ref _lastAlive, _time.GetTimestamp());
            return response;
        }
        catch (OpcUaException e) when (SaysGone(e.Status) && !channel.Ended.IsCompleted)
        {
            _isGone = true;
            throw;
        }
    }

    private async Task CreateAsync(CancellationToken cancellationToken)
    {
        var nonce = RandomNumberGenerator.GetBytes(NonceBytes);
        var isSecure = !_endpoint.Security.Policy.IsNone;
        var client = new ApplicationDescription(_settings.ApplicationUri, "urn:edgegateway", new(null, "EdgeGateway"), ApplicationDescription.Client, null, null, []);
        var request = new CreateSessionRequest(client, _settings.Url.OriginalString, "EdgeGateway", nonce, isSecure ? _settings.Own!.RawData : null, _settings.SessionTimeout.TotalMilliseconds);
        var response = await CallAsync(request, cancellationToken).ConfigureAwait(false);
        (Id, _authenticationToken) = (response.SessionId, response.AuthenticationToken); // before it is judged: what is refused here is closed there
        CheckNonce(response.ServerNonce);
        if (isSecure) CheckServer(response, nonce);
        CheckEndpoints(response.Endpoints);
        _serverNonce = response.ServerNonce;
        var asked = _settings.SessionTimeout;
        Timeout = response.TimeoutMilliseconds > 0 && response.TimeoutMilliseconds < asked.TotalMilliseconds ? TimeSpan.FromMilliseconds(response.TimeoutMilliseconds) : asked;
    }

    private async Task ActivateAsync(SecureChannel channel, CancellationToken cancellationToken)
    {
        var security = _endpoint.Security;
        var signature = default(SignatureData);
        if (!security.Policy.IsNone)
        {
            using var key = _settings.Own!.GetRSAPrivateKey()!; // the channel was opened with it
            signature = new(security.Policy.SignatureAlgorithm, security.Policy.Sign([.. _endpoint.Server!.RawData, .. _serverNonce.Span], key));
        }
        var (token, userSignature) = _settings.User.Present(_endpoint.Description, security, _endpoint.Server, _serverNonce);
        var response = await CallAsync(channel, new ActivateSessionRequest(signature, token, userSignature), _settings.Patience, cancellationToken).ConfigureAwait(false);
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
