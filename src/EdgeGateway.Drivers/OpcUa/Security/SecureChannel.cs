using System.Security.Cryptography;
using EdgeGateway.Drivers.OpcUa.Encoding;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;
using EdgeGateway.Drivers.OpcUa.Transport;

namespace EdgeGateway.Drivers.OpcUa.Security;

/// <summary>
/// One secured conversation on one stream (OPC 10000-6, 6.7 and 7.1): sends requests, gives every response to the request it names, and renews its
/// token. Any fault of transport or security ends it for good, with all calls that wait. Calls may come from any thread.
/// </summary>
internal sealed class SecureChannel : IAsyncDisposable
{
    private const int MaxPending = 256;
    private const uint LifetimeMilliseconds = 3_600_000;

    /// <summary>For connecting, opening and renewing.</summary>
    private static readonly TimeSpan StepPatience = TimeSpan.FromSeconds(10);

    private readonly Stream _stream;
    private readonly ChannelSecurity _security;
    private readonly TimeProvider _time;
    private readonly DecodeLimits _decodeLimits;
    private readonly TransportLimits _theirs;
    private readonly ChunkInput _input;
    private readonly MessageAssembly _assembly;
    private readonly byte[] _chunk;
    private readonly UaWriter _writer;
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly Dictionary<uint, PendingCall> _pending = []; // its own lock
    private readonly CancellationTokenSource _closing = new();
    private readonly TaskCompletionSource<OpcUaException> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly uint _lifetimeMilliseconds;

    // Written by the receiving loop, read by senders.
    private volatile ChannelToken? _token;
    private ChannelToken? _previousToken;
    private uint? _lastReceived;
    private uint _answeringChannel;
    private byte[] _serverNonce = [];

    // Written by who holds _sending.
    private byte[] _clientNonce = [];
    private uint _lastSent;
    private uint _lastRequest;
    private Task _receiving = Task.CompletedTask;
    private Task _renewing = Task.CompletedTask;

    private SecureChannel(Stream stream, ChannelSecurity security, TransportLimits theirs, ChunkInput input, DecodeLimits decodeLimits, uint lifetimeMilliseconds, TimeProvider time)
    {
        (_stream, _security, _theirs, _input, _decodeLimits, _time, _lifetimeMilliseconds) = (stream, security, theirs, input, decodeLimits, time, lifetimeMilliseconds);
        _assembly = new MessageAssembly((int)TransportLimits.Ours.MaxMessageBytes, (int)TransportLimits.Ours.MaxChunks);
        _chunk = new byte[Math.Min(theirs.ReceiveBytes, TransportLimits.Ours.SendBytes)];
        _writer = new UaWriter((int)TransportLimits.Ours.MaxMessageBytes);
    }

    /// <summary>Ends with the reason when the channel does; never fails.</summary>
    public Task<OpcUaException> Ended => _ended.Task;

    /// <summary>How often the token has been renewed.</summary>
    public int Renewals { get; private set; }

    /// <summary>Responses that nobody waited for any more.</summary>
    public int LateResponses { get; private set; }

    /// <summary>By <see cref="TimeProvider.GetTimestamp"/>: when the last chunk came.</summary>
    public long LastHeard { get; private set; }

    /// <summary>Greets the server and opens a channel on the stream, which belongs to it from here on, whether this succeeds or not.</summary>
    /// <exception cref="OpcUaException">The server refused, or what it said is not to be trusted.</exception>
    public static async Task<SecureChannel> OpenAsync(
        Stream stream, string endpointUrl, ChannelSecurity security, TimeProvider time, CancellationToken cancellationToken,
        DecodeLimits? decodeLimits = null, uint lifetimeMilliseconds = LifetimeMilliseconds)
    {
        SecureChannel? channel = null;
        using var patience = new CancellationTokenSource(StepPatience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        var isOpen = false;
        try
        {
            var (theirs, input) = await GreetAsync(stream, endpointUrl, either.Token).ConfigureAwait(false);
            channel = new SecureChannel(stream, security, theirs, input, decodeLimits ?? DecodeLimits.Default, lifetimeMilliseconds, time);
            channel._receiving = channel.ReceiveAsync();
            await channel.RequestTokenAsync(isRenewal: false, either.Token).ConfigureAwait(false);
            channel._renewing = channel.RenewAsync();
            isOpen = true;
            return channel;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new OpcUaException(StatusCodes.BadTimeout, $"{endpointUrl} did not answer within {StepPatience.TotalSeconds:0} s while the channel was opened");
        }
        catch (OpcUaException e) when (channel is not null && !security.Policy.IsNone && SaysNothingOfTheReason(e.Status))
        {
            throw new OpcUaException(e.Status, $"{endpointUrl} did not open the channel ({e.Message}). Most often it does not trust our certificate yet: "
                + $"move {security.Own?.Thumbprint} from the rejected to the trusted certificates there", e);
        }
        catch (IOException e)
        {
            throw new OpcUaException(StatusCodes.BadConnectionClosed, $"the connection to {endpointUrl} broke: {e.Message}", e);
        }
        finally
        {
            if (!isOpen)
            {
                if (channel is null) await stream.DisposeAsync().ConfigureAwait(false);
                else await channel.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>Sends a request and waits for its response.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="authenticationToken">The session's; null without one.</param>
    /// <param name="patience">How long the response may take.</param>
    /// <param name="cancellationToken">Gives up waiting; a response that comes later is dropped.</param>
    /// <exception cref="OpcUaException">The server refused, answered nonsense or nothing, or the channel ended.</exception>
    public async Task<TResponse> CallAsync<TResponse>(
        IServiceRequest<TResponse> request, NodeId authenticationToken, TimeSpan patience, CancellationToken cancellationToken)
        where TResponse : IServiceResponse<TResponse>
    {
        var what = request.GetType().Name;
        var call = new PendingCall<TResponse>(what);
        uint requestId = 0;
        using var late = new CancellationTokenSource(patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            await _sending.WaitAsync(either.Token).ConfigureAwait(false);
            try
            {
                requestId = Register(call);
                WriteMessage(request, authenticationToken, requestId, patience);
                await SendMessageAsync(requestId, patience).ConfigureAwait(false);
            }
            finally
            {
                _sending.Release();
            }
            return await call.Answer.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new OpcUaException(StatusCodes.BadTimeout, $"no answer to {what} within {patience.TotalSeconds:0.#} s");
        }
        finally
        {
            lock (_pending) _pending.Remove(requestId);
        }
    }

    /// <summary>Says goodbye where that is still possible, and closes the stream.</summary>
    public async ValueTask DisposeAsync()
    {
        await SayGoodbyeAsync().ConfigureAwait(false);
        End(new OpcUaException(StatusCodes.BadSecureChannelClosed, "the channel was closed here"));
        await _receiving.ConfigureAwait(false);
        await _renewing.ConfigureAwait(false);
        _token?.Dispose();
        _previousToken?.Dispose();
        _closing.Dispose();
    }

    private static bool SaysNothingOfTheReason(StatusCode status) =>
        status.Code == StatusCodes.BadSecurityChecksFailed || status.Code == StatusCodes.BadCertificateUntrusted || status.Code == StatusCodes.BadConnectionClosed;

    private static async Task<(TransportLimits Theirs, ChunkInput Input)> GreetAsync(Stream stream, string endpointUrl, CancellationToken cancellationToken)
    {
        var ours = TransportLimits.Ours;
        await stream.WriteAsync(Handshake.Hello(endpointUrl, ours), cancellationToken).ConfigureAwait(false);
        var input = new ChunkInput(stream, (int)ours.ReceiveBytes);
        var answer = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
        return (Handshake.ReadAcknowledge(answer.Span, ours), input);
    }

    private uint Register(PendingCall call)
    {
        lock (_pending)
        {
            if (_ended.Task.IsCompletedSuccessfully) throw new OpcUaException(StatusCodes.BadSecureChannelClosed, "the channel has ended");
            if (_pending.Count >= MaxPending) throw OpcUaException.TooLarge($"{MaxPending} requests wait for their answers already");
            if (++_lastRequest == 0) _lastRequest = 1;
            _pending.Add(_lastRequest, call);
            return _lastRequest;
        }
    }

    private void WriteMessage<TResponse>(IServiceRequest<TResponse> request, NodeId authenticationToken, uint requestId, TimeSpan patience)
        where TResponse : IServiceResponse<TResponse>
    {
        _writer.Clear();
        _writer.WriteTypeId(request.TypeId);
        new RequestHeader(authenticationToken, OpcUaTime.From(_time.GetUtcNow()), requestId, (uint)patience.TotalMilliseconds).Write(_writer);
        request.Write(_writer);
    }

    private async Task SendMessageAsync(uint requestId, TimeSpan patience)
    {
        var token = _token!; // calls come only after the channel was opened
        var maxBody = SymmetricChunks.MaxBody(_chunk.Length, token.Mode);
        var total = _writer.Written.Length;
        var chunks = (total + maxBody - 1) / maxBody;
        if ((_theirs.MaxMessageBytes != 0 && total > _theirs.MaxMessageBytes) || (_theirs.MaxChunks != 0 && chunks > _theirs.MaxChunks))
            throw new OpcUaException(StatusCodes.BadRequestTooLarge, $"a request of {total} bytes in {chunks} chunks; the server takes {_theirs.MaxMessageBytes} bytes in {_theirs.MaxChunks} chunks");
        for (var chunk = 0; chunk < chunks; chunk++)
        {
            var body = _writer.Written.Slice(chunk * maxBody, Math.Min(maxBody, total - (chunk * maxBody)));
            _lastSent = SequenceNumbers.Next(_lastSent);
            var length = SymmetricChunks.Write(_chunk, MessageKind.Message, chunk == chunks - 1 ? 'F' : 'C', token, token.Outgoing, _lastSent, requestId, body);
            await SendAsync(_chunk.AsMemory(0, length), patience).ConfigureAwait(false);
        }
    }

    // Half a chunk on the wire would spoil all that follow: a send that cannot end in time ends the channel.
    private async Task SendAsync(ReadOnlyMemory<byte> bytes, TimeSpan patience)
    {
        try
        {
            using var late = new CancellationTokenSource(patience, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, _closing.Token);
            await _stream.WriteAsync(bytes, either.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            var failure = new OpcUaException(StatusCodes.BadConnectionClosed, $"the connection broke while a request was sent: {e.Message}", e);
            End(failure);
            throw failure;
        }
    }

    private async Task RequestTokenAsync(bool isRenewal, CancellationToken cancellationToken)
    {
        // Held until the new token is there: some servers refuse the old one as soon as they have answered (OPC 10000-4, 5.5.2.1 allows both).
        await _sending.WaitAsync(cancellationToken).ConfigureAwait(false);
        uint requestId = 0;
        try
        {
            var call = new PendingCall<OpenSecureChannelResponse>(isRenewal ? "the renewal of the channel's token" : "the opening of the channel", Install);
            requestId = Register(call);
            _clientNonce = _security.Policy.IsNone ? [] : RandomNumberGenerator.GetBytes(SecurityPolicy.SignatureBytes);
            var request = new OpenSecureChannelRequest(isRenewal, _security.Mode, _security.Policy.IsNone ? null : _clientNonce, _lifetimeMilliseconds);
            WriteMessage(request, default, requestId, StepPatience);
            _lastSent = SequenceNumbers.Next(_lastSent);
            var chunk = AsymmetricChunks.Write(_security.Policy, _security.Own, _security.Server, _token?.ChannelId ?? 0, _lastSent, requestId, _writer.Written);
            await SendAsync(chunk, StepPatience).ConfigureAwait(false);
            await call.Answer.WaitAsync(StepPatience, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new OpcUaException(StatusCodes.BadTimeout, $"the server did not answer the request for a token within {StepPatience.TotalSeconds:0} s");
        }
        finally
        {
            lock (_pending) _pending.Remove(requestId);
            _sending.Release();
        }
    }

    private async Task RenewAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(_token!.RenewAfter, _time, _closing.Token).ConfigureAwait(false); // opened: there is a token
                await RequestTokenAsync(isRenewal: true, _closing.Token).ConfigureAwait(false);
                Renewals++;
            }
        }
        catch (OperationCanceledException)
        {
            // the channel has ended
        }
        catch (OpcUaException e)
        {
            End(e);
        }
    }

    private async Task ReceiveAsync()
    {
        try
        {
            while (true)
            {
                var chunk = await _input.ReadAsync(_closing.Token).ConfigureAwait(false);
                LastHeard = _time.GetTimestamp();
                Take(chunk);
            }
        }
        catch (OpcUaException e)
        {
            End(e);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException or CryptographicException)
        {
            End(new OpcUaException(StatusCodes.BadConnectionClosed, $"the connection broke: {e.Message}", e));
        }
    }

    private void Take(Memory<byte> chunk)
    {
        var header = ChunkHeader.Read(chunk.Span);
        switch (header.Kind)
        {
            case MessageKind.Message: TakeMessage(header.Part, chunk); break;
            case MessageKind.OpenChannel: TakeToken(chunk.Span); break;
            case MessageKind.Error: throw Handshake.ReadError(chunk.Span);
            default: throw new OpcUaException(StatusCodes.BadTcpMessageTypeInvalid, $"a {header.Kind} message on an open channel");
        }
    }

    private void TakeMessage(char part, Memory<byte> chunk)
    {
        var (channelId, tokenId) = SymmetricChunks.ReadToken(chunk.Span);
        var token = FindToken(channelId, tokenId);
        var (sequence, requestId, range) = SymmetricChunks.Open(chunk.Span, token.Mode, token.Incoming);
        CheckSequence(sequence);
        var body = chunk[range];
        if (part == 'A') Abort(requestId, body.Span);
        else if (_assembly.Add(requestId, part, body) is { } message)
        {
            if (Remove(requestId) is { } call) call.Complete(message.Span, _decodeLimits);
            else LateResponses++;
        }
    }

    private ChannelToken FindToken(uint channelId, uint tokenId)
    {
        if (_token is { } token && token.ChannelId == channelId)
        {
            if (token.TokenId == tokenId) return token;
            if (_previousToken is { } previous && previous.TokenId == tokenId && _time.GetElapsedTime(previous.ReceivedAt) < previous.TakenFor) return previous;
        }
        throw new OpcUaException(StatusCodes.BadSecureChannelTokenUnknown, $"a message under token {tokenId} of channel {channelId}, which is not ours or has passed");
    }

    private void CheckSequence(uint sequence)
    {
        if (_lastReceived is { } last && !SequenceNumbers.MayFollow(last, sequence))
            throw new OpcUaException(StatusCodes.BadSequenceNumberInvalid, $"chunk {sequence} after chunk {last}: chunks are missing, repeated or out of order");
        _lastReceived = sequence;
    }

    private void Abort(uint requestId, ReadOnlySpan<byte> body)
    {
        _assembly.Abort(requestId);
        var reader = new UaReader(body, new DecodeLimits { MaxStringBytes = Handshake.MaxTextBytes });
        var status = reader.ReadStatus();
        Remove(requestId)?.Fail(new OpcUaException(status, $"the server gave its answer up: {status}, \"{Printable.Text(reader.ReadString())}\""));
    }

    private void TakeToken(ReadOnlySpan<byte> chunk)
    {
        var (channelId, sequence, requestId, body) = AsymmetricChunks.Open(chunk, _security.Policy, _security.Own, _security.Server);
        CheckSequence(sequence);
        // Late or unasked: it must not change the keys.
        if (Remove(requestId) is not PendingCall<OpenSecureChannelResponse> call)
            throw new OpcUaException(StatusCodes.BadRequestTypeInvalid, "the server sent a token that nobody had asked for");
        _answeringChannel = channelId;
        call.Complete(body, _decodeLimits);
    }

    // On the receiving loop: the next chunk may be under the new token already.
    private void Install(OpenSecureChannelResponse response)
    {
        var channelId = _answeringChannel;
        if (response.ChannelId != channelId || (_token is { } current && current.ChannelId != channelId))
            throw new OpcUaException(StatusCodes.BadSecureChannelIdInvalid, $"the server answered for channel {response.ChannelId} on channel {channelId}");
        var lifetime = TimeSpan.FromMilliseconds(response.LifetimeMilliseconds);
        var nonce = response.ServerNonce.Span;
        if (lifetime < TimeSpan.FromSeconds(1)) throw OpcUaException.Malformed($"a token of {response.LifetimeMilliseconds} ms: at least a second is needed");
        SymmetricKeys? outgoing = null, incoming = null;
        if (!_security.Policy.IsNone)
        {
            if (nonce.Length != SecurityPolicy.SignatureBytes || nonce.SequenceEqual(_serverNonce))
                throw new OpcUaException(StatusCodes.BadNonceInvalid, $"a server nonce of {nonce.Length} bytes; {SecurityPolicy.SignatureBytes} fresh ones expected");
            _serverNonce = nonce.ToArray();
            outgoing = new SymmetricKeys(_security.Policy, secret: nonce, seed: _clientNonce);
            incoming = new SymmetricKeys(_security.Policy, secret: _clientNonce, seed: nonce);
        }
        // The keys of the one before the last may still be in use by nobody: senders wait while a token is asked for.
        _previousToken?.Dispose();
        _previousToken = _token;
        _token = new ChannelToken(channelId, response.TokenId, _time.GetTimestamp(), lifetime, _security.Mode, outgoing, incoming);
    }

    private PendingCall? Remove(uint requestId)
    {
        lock (_pending)
        {
            return _pending.Remove(requestId, out var call) ? call : null;
        }
    }

    private void End(OpcUaException reason)
    {
        PendingCall[] waiting;
        lock (_pending)
        {
            if (!_ended.TrySetResult(reason)) return;
            waiting = [.. _pending.Values];
            _pending.Clear();
        }
        _closing.Cancel();
        _stream.Dispose();
        foreach (var call in waiting) call.Fail(new OpcUaException(reason.Status, reason.Message, reason));
    }

    private async Task SayGoodbyeAsync()
    {
        if (_token is not { } token || _ended.Task.IsCompleted || !await _sending.WaitAsync(TimeSpan.Zero, CancellationToken.None).ConfigureAwait(false)) return;
        try
        {
            _writer.Clear();
            _writer.WriteTypeId(452);
            new RequestHeader(default, OpcUaTime.From(_time.GetUtcNow()), ++_lastRequest, 0).Write(_writer);
            _lastSent = SequenceNumbers.Next(_lastSent);
            var length = SymmetricChunks.Write(_chunk, MessageKind.CloseChannel, 'F', token, token.Outgoing, _lastSent, _lastRequest, _writer.Written);
            await SendAsync(_chunk.AsMemory(0, length), TimeSpan.FromSeconds(1)).ConfigureAwait(false);
        }
        catch (OpcUaException)
        {
            // gone already: goodbye is a courtesy
        }
        finally
        {
            _sending.Release();
        }
    }
}
