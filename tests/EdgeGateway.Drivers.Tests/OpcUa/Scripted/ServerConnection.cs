using System.Security.Cryptography;
using EdgeGateway.Drivers.OpcUa;
using EdgeGateway.Drivers.OpcUa.Encoding;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;
using EdgeGateway.Drivers.OpcUa.Security;
using EdgeGateway.Drivers.OpcUa.Transport;

namespace EdgeGateway.Drivers.Tests.OpcUa.Scripted;

/// <summary>The server's side of one connection: greets, opens the channel, and gives every whole request to the server. Its tampering is for negative tests.</summary>
internal sealed class ServerConnection(ScriptedServer server, Stream stream) : IAsyncDisposable
{
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly byte[] _chunk = new byte[TransportLimits.LeastBytes * 8];
    private readonly MessageAssembly _assembly = new((int)TransportLimits.Ours.MaxMessageBytes, (int)TransportLimits.Ours.MaxChunks);
    private ChannelToken? _token;
    private SecurityPolicy _policy = SecurityPolicy.None;
    private uint _sent;

    public uint ChannelId { get; } = server.NextNumber();

    public SecurityPolicy Policy => _policy;

    /// <summary>Changes a chunk on its way; null leaves it as it is. Several chunks may come out of one.</summary>
    public Func<byte[], byte[][]>? Tamper { get; set; }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            var input = new ChunkInput(stream, (int)TransportLimits.Ours.ReceiveBytes);
            await input.ReadAsync(cancellationToken); // Hello
            await stream.WriteAsync(Handshake.Acknowledge(TransportLimits.Ours), cancellationToken);
            while (true)
            {
                var chunk = await input.ReadAsync(cancellationToken);
                var header = ChunkHeader.Read(chunk.Span);
                if (header.Kind == MessageKind.CloseChannel) return;
                if (header.Kind == MessageKind.OpenChannel) await OpenAsync(chunk);
                else if (Read(header.Part, chunk) is { } call) await server.TakeAsync(call);
            }
        }
        catch (Exception e) when (e is OpcUaException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // the client has gone, or was sent away
        }
        finally
        {
            await stream.DisposeAsync();
        }
    }

    public async Task AnswerAsync(ServiceCall call, uint typeId, StatusCode status, Action<UaWriter> write)
    {
        var writer = new UaWriter((int)TransportLimits.Ours.MaxMessageBytes);
        writer.WriteTypeId(typeId);
        new ResponseHeader(OpcUaTime.From(TimeProvider.System.GetUtcNow()), call.Handle, status).Write(writer);
        write(writer);
        var body = writer.Written.ToArray();
        await _sending.WaitAsync();
        try
        {
            var token = server.OnToken?.Invoke(_token!) ?? _token!; // calls come only under one
            var most = SymmetricChunks.MaxBody(_chunk.Length, token.Mode);
            for (var from = 0; from < body.Length; from += most)
            {
                var part = body.AsSpan(from, Math.Min(most, body.Length - from));
                var length = SymmetricChunks.Write(_chunk, MessageKind.Message, from + part.Length == body.Length ? 'F' : 'C', token, token.Outgoing, ++_sent, call.RequestId, part);
                await SendAsync(_chunk[..length]);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // the client has gone
        }
        finally
        {
            _sending.Release();
        }
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private async Task SendAsync(byte[] chunk)
    {
        foreach (var piece in Tamper?.Invoke(chunk) ?? [chunk]) await stream.WriteAsync(piece);
    }

    private ServiceCall? Read(char part, Memory<byte> chunk)
    {
        var token = _token!; // opened before
        var (_, requestId, range) = SymmetricChunks.Open(chunk.Span, token.Mode, token.Incoming);
        return _assembly.Add(requestId, part, chunk[range]) is { } message ? ServiceCall.Read(this, requestId, message.Span) : null;
    }

    private async Task OpenAsync(Memory<byte> chunk)
    {
        var (answer, token) = Open(chunk.Span);
        await SendAsync(answer);
        _token = token;
    }

    private (byte[] Answer, ChannelToken Token) Open(ReadOnlySpan<byte> chunk)
    {
        var prefix = new UaReader(chunk[12..], DecodeLimits.Default);
        _policy = SecurityPolicy.Find(prefix.ReadString())!; // the client speaks only known ones
        var (own, peer) = _policy.IsNone ? (null, null) : (server.Certificate, Certificates.Own);
        var (_, _, requestId, body) = AsymmetricChunks.Open(chunk, _policy, own, peer);
        var call = ServiceCall.Read(this, requestId, body);
        var reader = call.Open();
        reader.ReadUInt32();
        reader.ReadInt32();
        var mode = (MessageSecurityMode)reader.ReadInt32();
        var clientNonce = reader.ReadByteString();
        var lifetime = server.TokenLifetimeMilliseconds ?? reader.ReadUInt32();
        var nonce = server.OnChannelNonce?.Invoke(RandomNumberGenerator.GetBytes(32)) ?? RandomNumberGenerator.GetBytes(32);
        var tokenId = server.NextNumber();
        var writer = new UaWriter(4096);
        writer.WriteTypeId(OpenSecureChannelResponse.TypeId);
        new ResponseHeader(OpcUaTime.From(TimeProvider.System.GetUtcNow()), call.Handle, StatusCodes.Good).Write(writer);
        writer.WriteUInt32(0);
        writer.WriteUInt32(ChannelId);
        writer.WriteUInt32(tokenId);
        writer.WriteTime(OpcUaTime.From(TimeProvider.System.GetUtcNow()));
        writer.WriteUInt32(lifetime);
        writer.WriteByteString(_policy.IsNone ? null : nonce);
        var answer = AsymmetricChunks.Write(_policy, own, peer, ChannelId, ++_sent, requestId, writer.Written);
        var outgoing = _policy.IsNone ? null : new SymmetricKeys(_policy, secret: clientNonce.Span, seed: nonce);
        var incoming = _policy.IsNone ? null : new SymmetricKeys(_policy, secret: nonce, seed: clientNonce.Span);
        return (answer, new ChannelToken(ChannelId, tokenId, 0, TimeSpan.FromMilliseconds(lifetime), mode, outgoing, incoming));
    }
}
