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
    private const uint CloseSecureChannel = 452;
    private const uint LifetimeMilliseconds = 3_600_000;

    /// <summary>For connecting, opening and renewing.</summary>
    private static readonly TimeSpan StepPatience = TimeSpan.FromSeconds(10);

    private const int MostStrays = 300; // as many calls as may wait, and some

    private static readonly TimeSpan StrayWindow = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan GoodbyePatience = TimeSpan.FromSeconds(1);

    private readonly Stream _stream;
    private readonly ChannelSecurity _security;
    private readonly TimeProvider _time;
    private readonly DecodeLimits _decodeLimits;
    private readonly ChunkInput _input;
    private readonly MessageAssembly _assembly;
    private readonly ChannelTokens _tokens;
    private readonly MessageOutput _output; // by who holds _sending
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly PendingCalls _calls = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly uint _lifetimeMilliseconds;

    // On the receiving loop.
    private uint? _lastReceived;
    private long _strayMinute;
    private int _strays;
    private uint _answeringChannel;

    // Written by who holds _sending; the receiving loop reads it when the answer comes.
    private byte[] _clientNonce = [];
    private Task _receiving = Task.CompletedTask;
    private Task _renewing = Task.CompletedTask;

    private SecureChannel(Stream stream, ChannelSecurity security, TransportLimits theirs, ChunkInput input, DecodeLimits decodeLimits, uint lifetimeMilliseconds, TimeProvider time)
    {
        (_stream, _security, _input, _decodeLimits, _time, _lifetimeMilliseconds) = (stream, security, input, decodeLimits, time, lifetimeMilliseconds);
        _assembly = new MessageAssembly((int)TransportLimits.Ours.MaxMessageBytes, (int)TransportLimits.Ours.MaxChunks);
        _tokens = new ChannelTokens(security, time);
        _output = new MessageOutput(security, theirs, time);
        Theirs = theirs;
    }

    /// <summary>Ends with the reason when the channel does; never fails.</summary>
    public Task<OpcUaException> Ended => _calls.Ended;

    /// <summary>What the server takes and sends.</summary>
    public TransportLimits Theirs { get; }

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
                requestId = _calls.Add(call);
                _output.Write(request, authenticationToken, requestId, patience);
                await SendMessageAsync(MessageKind.Message, requestId, patience).ConfigureAwait(false);
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
            _calls.Remove(requestId);
        }
    }

    /// <summary>Says goodbye where that is still possible, and closes the stream.</summary>
    public async ValueTask DisposeAsync()
    {
        await SayGoodbyeAsync().ConfigureAwait(false);
        End(new OpcUaException(StatusCodes.BadSecureChannelClosed, "the channel was closed here"));
        await _receiving.ConfigureAwait(false);
        await _renewing.ConfigureAwait(false);
        _tokens.Dispose();
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

    private async Task SendMessageAsync(MessageKind kind, uint requestId, TimeSpan patience)
    {
        foreach (var chunk in _output.Chunks(kind, _tokens.Current!, requestId)) // called only after the channel was opened
            await SendAsync(chunk, patience).ConfigureAwait(false);
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
            requestId = _calls.Add(call);
            _clientNonce = _security.Policy.IsNone ? [] : RandomNumberGenerator.GetBytes(SecurityPolicy.SignatureBytes);
            var request = new OpenSecureChannelRequest(isRenewal, _security.Mode, _security.Policy.IsNone ? null : _clientNonce, _lifetimeMilliseconds);
            _output.Write(request, default, requestId, StepPatience);
            await SendAsync(_output.OpeningChunk(_tokens.Current?.ChannelId ?? 0, requestId), StepPatience).ConfigureAwait(false);
            await call.Answer.WaitAsync(StepPatience, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new OpcUaException(StatusCodes.BadTimeout, $"the server did not answer the request for a token within {StepPatience.TotalSeconds:0} s");
        }
        finally
        {
            _calls.Remove(requestId);
            _sending.Release();
        }
    }

    private async Task RenewAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(_tokens.Current!.RenewAfter, _time, _closing.Token).ConfigureAwait(false); // opened: there is a token
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
        finally
        {
            _assembly.Clear();
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
        var token = _tokens.Find(channelId, tokenId);
        var (sequence, requestId, range) = SymmetricChunks.Open(chunk.Span, token.Mode, token.Incoming);
        CheckSequence(sequence);
        var body = chunk[range];
        if (part == 'A') Abort(requestId, body.Span);
        else if (_assembly.Add(requestId, part, body) is { } message)
        {
            if (_calls.Remove(requestId) is { } call) call.Complete(message.Span, _decodeLimits);
            else TakeStray();
        }
    }

    // Answers to calls that were given up come late; a stream of answers that nobody asked for is something else.
    private void TakeStray()
    {
        LateResponses++;
        if (_time.GetElapsedTime(_strayMinute) > StrayWindow) (_strayMinute, _strays) = (_time.GetTimestamp(), 0);
        if (++_strays > MostStrays)
            throw new OpcUaException(StatusCodes.BadUnknownResponse, $"more than {MostStrays} answers within {StrayWindow.TotalSeconds:0} s that nobody waits for");
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
        _calls.Remove(requestId)?.Fail(new OpcUaException(status, $"the server gave its answer up: {status}, \"{Printable.Text(reader.ReadString())}\""));
    }

    private void TakeToken(ReadOnlySpan<byte> chunk)
    {
        var (channelId, sequence, requestId, body) = AsymmetricChunks.Open(chunk, _security.Policy, _security.Own, _security.Server);
        CheckSequence(sequence);
        // Late or unasked: it must not change the keys.
        if (_calls.Remove(requestId) is not PendingCall<OpenSecureChannelResponse> call)
            throw new OpcUaException(StatusCodes.BadRequestTypeInvalid, "the server sent a token that nobody had asked for");
        _answeringChannel = channelId;
        call.Complete(body, _decodeLimits);
    }

    // On the receiving loop: the next chunk may be under the new token already.
    private void Install(OpenSecureChannelResponse response) => _tokens.Install(response, _answeringChannel, _clientNonce);

    private void End(OpcUaException reason)
    {
        if (_calls.End(reason) is not { } waiting) return;
        _closing.Cancel();
        _stream.Dispose();
        foreach (var call in waiting) call.Fail(new OpcUaException(reason.Status, reason.Message, reason));
    }

    private async Task SayGoodbyeAsync()
    {
        if (_tokens.Current is null || Ended.IsCompleted || !await _sending.WaitAsync(TimeSpan.Zero, CancellationToken.None).ConfigureAwait(false)) return;
        try
        {
            var number = _calls.NextNumber();
            _output.WriteHeader(CloseSecureChannel, default, number, TimeSpan.Zero);
            await SendMessageAsync(MessageKind.CloseChannel, number, GoodbyePatience).ConfigureAwait(false);
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
