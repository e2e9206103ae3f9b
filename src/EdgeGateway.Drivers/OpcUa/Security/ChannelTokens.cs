using System.Security.Cryptography;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;

namespace EdgeGateway.Drivers.OpcUa.Security;

/// <summary>
/// The tokens of one channel: the one of now, and the one before as long as answers under it may still come. The receiving loop finds and installs; senders
/// read the one of now.
/// </summary>
/// <param name="security">How the channel is secured.</param>
/// <param name="time">The clock for their age.</param>
internal sealed class ChannelTokens(ChannelSecurity security, TimeProvider time) : IDisposable
{
    private volatile ChannelToken? _current;
    private ChannelToken? _previous;
    private byte[] _serverNonce = [];

    /// <summary>The one to send under; null before the channel is open.</summary>
    public ChannelToken? Current => _current;

    /// <summary>The token that a message names.</summary>
    /// <exception cref="OpcUaException">It is not of this channel, or its time has passed.</exception>
    public ChannelToken Find(uint channelId, uint tokenId)
    {
        if (_current is { } token && token.ChannelId == channelId)
        {
            if (token.TokenId == tokenId) return token;
            if (_previous is { } previous && previous.TokenId == tokenId && time.GetElapsedTime(previous.ReceivedAt) < previous.TakenFor) return previous;
        }
        throw new OpcUaException(StatusCodes.BadSecureChannelTokenUnknown, $"a message under token {tokenId} of channel {channelId}, which is not ours or has passed");
    }

    /// <summary>Takes a new token.</summary>
    /// <param name="response">What the server answered.</param>
    /// <param name="channelId">The channel that the answer came on.</param>
    /// <param name="clientNonce">What we had sent with the request.</param>
    /// <exception cref="OpcUaException">It is for another channel, too short-lived, or its nonce is not fresh.</exception>
    public void Install(OpenSecureChannelResponse response, uint channelId, byte[] clientNonce)
    {
        if (response.ChannelId != channelId || (_current is { } current && current.ChannelId != channelId))
            throw new OpcUaException(StatusCodes.BadSecureChannelIdInvalid, $"the server answered for channel {response.ChannelId} on channel {channelId}");
        var lifetime = TimeSpan.FromMilliseconds(response.LifetimeMilliseconds);
        if (lifetime < TimeSpan.FromSeconds(1)) throw OpcUaException.Malformed($"a token of {response.LifetimeMilliseconds} ms: at least a second is needed");
        var (outgoing, incoming) = security.Policy.IsNone ? (null, null) : Keys(response.ServerNonce.Span, clientNonce);
        // The keys of the one before the last are in use by nobody: senders wait while a token is asked for.
        _previous?.Dispose();
        _previous = _current;
        _current = new ChannelToken(channelId, response.TokenId, time.GetTimestamp(), lifetime, security.Mode, outgoing, incoming);
    }

    public void Dispose()
    {
        _current?.Dispose();
        _previous?.Dispose();
    }

    private (SymmetricKeys Outgoing, SymmetricKeys Incoming) Keys(ReadOnlySpan<byte> serverNonce, byte[] clientNonce)
    {
        if (serverNonce.Length != SecurityPolicy.SignatureBytes || CryptographicOperations.FixedTimeEquals(serverNonce, _serverNonce))
            throw new OpcUaException(StatusCodes.BadNonceInvalid, $"a server nonce of {serverNonce.Length} bytes; {SecurityPolicy.SignatureBytes} fresh ones expected");
        _serverNonce = serverNonce.ToArray();
        return (new(security.Policy, secret: serverNonce, seed: clientNonce), new(security.Policy, secret: clientNonce, seed: serverNonce));
    }
}
