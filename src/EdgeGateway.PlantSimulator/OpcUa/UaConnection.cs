using System.Buffers.Binary;
using System.Net.Sockets;
using System.Threading.Channels;

namespace EdgeGateway.PlantSimulator.OpcUa;

/// <summary>One client: greets, opens the channel, gives whole requests to the server and sends its answers in their order (OPC 10000-6, 7.1).</summary>
internal sealed class UaConnection : ISlaveConversation
{
    private const int ChunkBytes = 65_536;
    private const int LeastChunk = 8_192;
    private const int MaxChunks = 256;
    private const int MaxAnswers = 256;
    private static readonly TimeSpan OpeningPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FarewellPatience = TimeSpan.FromSeconds(2);

    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly SimulatedServer _server;
    private readonly SimulatedLine _line;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _ended = new();
    private readonly Channel<Outgoing> _answers = System.Threading.Channels.Channel.CreateBounded<Outgoing>(MaxAnswers);
    private readonly MemoryStream _request = new();
    private int _chunks;
    private uint _requestId;
    private int _sendBytes = LeastChunk;
    private long _waiting;

    public UaConnection(Socket socket, SimulatedServer server, SimulatedLine line, TimeProvider time)
    {
        (_socket, _server, _line, _time) = (socket, server, line, time);
        _stream = new NetworkStream(socket, ownsSocket: true);
        Channel = server.NewChannel();
    }

    public ServerChannel Channel { get; }

    /// <inheritdoc/>
    public void Reset()
    {
        try
        {
            _ended.Cancel();
            _socket.Close(0);
        }
        catch (ObjectDisposedException)
        {
            // It has ended by itself.
        }
    }

    /// <summary>Puts a whole answer in line. A client that does not take its answers is cut off.</summary>
    public void Answer(uint requestId, ReadOnlySpan<byte> body) => Put(new Outgoing('M', requestId, body.ToArray()));

    /// <inheritdoc/>
    public async Task ServeAsync()
    {
        var sending = SendAsync();
        try
        {
            await ConverseAsync().ConfigureAwait(false);
        }
        catch (UaFault e)
        {
            await SayFaultAsync(e, sending).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The client is gone, or a fault or the end of the plant cut the line: nothing is left to do for it.
        }
        finally
        {
            _server.Forget(this);
            Reset();
            _answers.Writer.TryComplete();
            await sending.ConfigureAwait(false);
        }
    }

    /// <summary>After <see cref="ServeAsync"/> has returned and nobody can call <see cref="Reset"/> any more.</summary>
    public void Dispose()
    {
        _ended.Dispose();
        _stream.Dispose();
        _request.Dispose();
        Channel.Dispose();
    }

    private async Task ConverseAsync()
    {
        if (!_server.Admit(this)) throw new UaFault(UaStatus.BadTcpNotEnoughResources, $"{_server.Settings.MaxConnections} connections are open");
        using (var patience = new CancellationTokenSource(OpeningPatience, _time))
        using (var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _ended.Token))
        {
            await GreetAsync(either.Token).ConfigureAwait(false);
            await TakeAsync(either.Token).ConfigureAwait(false);
        }
        while (await TakeAsync(_ended.Token).ConfigureAwait(false))
        {
            if (_line.Fault == LineFault.DropConnections) return;
        }
    }

    private async Task GreetAsync(CancellationToken cancellationToken)
    {
        var hello = await ReadAsync(cancellationToken).ConfigureAwait(false);
        if (!hello.AsSpan().StartsWith("HELF"u8)) throw new UaFault(UaStatus.BadTcpMessageTypeInvalid, "no Hello");
        var reader = new UaDecoder(hello.AsMemory(8));
        reader.ReadUInt32();
        var (theirs, ours) = (reader.ReadUInt32(), reader.ReadUInt32());
        if (theirs < LeastChunk || ours < LeastChunk) throw new UaFault(UaStatus.BadTcpNotEnoughResources, $"buffers of {theirs} and {ours} bytes, at least {LeastChunk}");
        _sendBytes = (int)Math.Min(theirs, ChunkBytes);
        var answer = new UaEncoder(28);
        answer.WriteRaw("ACKF"u8);
        answer.WriteUInt32(28);
        answer.WriteUInt32(0);
        answer.WriteUInt32(Math.Min(ours, ChunkBytes));
        answer.WriteUInt32((uint)_sendBytes);
        answer.WriteUInt32((uint)_server.Settings.MaxRequest);
        answer.WriteUInt32(MaxChunks);
        await _stream.WriteAsync(answer.Written.ToArray(), cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> TakeAsync(CancellationToken cancellationToken)
    {
        var chunk = await ReadAsync(cancellationToken).ConfigureAwait(false);
        if (chunk.AsSpan().StartsWith("OPNF"u8)) Open(chunk);
        else if (!Channel.IsOpen) throw new UaFault(UaStatus.BadSecureChannelIdInvalid, "no channel is open");
        else if (chunk.AsSpan().StartsWith("MSG"u8)) await MessageAsync(chunk).ConfigureAwait(false);
        else if (chunk.AsSpan().StartsWith("CLOF"u8)) return false;
        else throw new UaFault(UaStatus.BadTcpMessageTypeInvalid, "neither OPN, MSG nor CLO");
        return true;
    }

    private void Open(byte[] chunk)
    {
        var (requestId, body) = Channel.ReadOpen(chunk);
        Put(new Outgoing('O', requestId, _server.Open(Channel, body)));
    }

    private async Task MessageAsync(byte[] chunk)
    {
        var (requestId, body) = Channel.ReadMessage(chunk);
        if (_chunks > 0 && requestId != _requestId) throw new UaFault(UaStatus.BadTcpMessageTypeInvalid, "chunks of two requests mixed");
        var part = (char)chunk[3];
        if (part == 'A')
        {
            Begin();
            return;
        }
        if (part is not ('C' or 'F')) throw new UaFault(UaStatus.BadTcpMessageTypeInvalid, $"a chunk of kind {part}");
        _requestId = requestId;
        if (++_chunks > MaxChunks || _request.Length + body.Left > _server.Settings.MaxRequest) throw new UaFault(UaStatus.BadTcpMessageTooLarge, $"a request of more than {_server.Settings.MaxRequest} bytes");
        _request.Write(body.Take(body.Left));
        if (part == 'C') return;
        var whole = _request.ToArray();
        Begin();
        var fault = _server.Fault;
        if (fault.Kind == FaultKind.SlowReply) await Task.Delay(fault.Delay, _time, _ended.Token).ConfigureAwait(false);
        if (fault.Kind != FaultKind.Silent) _server.Take(this, requestId, whole);
    }

    private void Begin()
    {
        _chunks = 0;
        _request.SetLength(0);
        // A long request leaves no long buffer behind.
        if (_request.Capacity > ChunkBytes) _request.Capacity = 0;
    }

    private async Task<byte[]> ReadAsync(CancellationToken cancellationToken)
    {
        var head = new byte[8];
        await _stream.ReadExactlyAsync(head, cancellationToken).ConfigureAwait(false);
        var size = BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(4));
        if (size is < 12 or > ChunkBytes) throw new UaFault(UaStatus.BadTcpMessageTooLarge, $"a chunk of {size} bytes, at most {ChunkBytes}");
        var chunk = new byte[size];
        head.CopyTo(chunk, 0);
        await _stream.ReadExactlyAsync(chunk.AsMemory(8), cancellationToken).ConfigureAwait(false);
        return chunk;
    }

    private void Put(Outgoing answer)
    {
        if (Interlocked.Add(ref _waiting, answer.Body.Length) <= _server.Settings.MaxWaiting && _answers.Writer.TryWrite(answer)) return;
        Reset();
    }

    private async Task SendAsync()
    {
        await Task.Yield();
        try
        {
            await foreach (var answer in _answers.Reader.ReadAllAsync(_ended.Token).ConfigureAwait(false))
            {
                await SendAsync(answer).ConfigureAwait(false);
                Interlocked.Add(ref _waiting, -answer.Body.Length);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            Reset(); // nobody takes answers any more: the receiving side ends, too
        }
    }

    private async Task SendAsync(Outgoing answer)
    {
        if (answer.Kind == 'E')
        {
            await _stream.WriteAsync(answer.Body, _ended.Token).ConfigureAwait(false);
            return;
        }
        if (answer.Kind == 'O')
        {
            await _stream.WriteAsync(Channel.WriteOpen(answer.RequestId, answer.Body), _ended.Token).ConfigureAwait(false);
            return;
        }
        var room = Channel.Room(_sendBytes);
        for (var from = 0; from < answer.Body.Length; from += room)
        {
            var part = answer.Body.AsMemory(from, Math.Min(room, answer.Body.Length - from));
            var chunk = Channel.WriteMessage(from + part.Length == answer.Body.Length ? 'F' : 'C', answer.RequestId, part.Span);
            await _stream.WriteAsync(chunk, _ended.Token).ConfigureAwait(false);
        }
    }

    /// <summary>Says why the connection ends, and waits a moment until that is out.</summary>
    private async Task SayFaultAsync(UaFault fault, Task sending)
    {
        var error = new UaEncoder(4096);
        error.WriteRaw("ERRF\0\0\0\0"u8);
        error.WriteUInt32(fault.Status);
        error.WriteString(fault.Message);
        var bytes = error.Written.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), bytes.Length);
        Put(new Outgoing('E', 0, bytes));
        _answers.Writer.TryComplete();
        try
        {
            await sending.WaitAsync(FarewellPatience, _time).ConfigureAwait(false);
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is TimeoutException or SocketException or ObjectDisposedException)
        {
            // The client does not listen.
        }
    }

    /// <param name="Kind"><c>O</c> opens the channel, <c>M</c> is a message, <c>E</c> an error as it stands.</param>
    private readonly record struct Outgoing(char Kind, uint RequestId, byte[] Body);
}
