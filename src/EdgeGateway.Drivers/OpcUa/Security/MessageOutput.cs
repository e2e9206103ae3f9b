using EdgeGateway.Drivers.OpcUa.Encoding;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;
using EdgeGateway.Drivers.OpcUa.Transport;

namespace EdgeGateway.Drivers.OpcUa.Security;

/// <summary>Turns requests into numbered, secured chunks. Not thread-safe: one message at a time, and its chunks are sent before the next.</summary>
/// <param name="security">How the channel is secured.</param>
/// <param name="theirs">What the server takes.</param>
/// <param name="time">The clock for the time in headers.</param>
internal sealed class MessageOutput(ChannelSecurity security, TransportLimits theirs, TimeProvider time)
{
    private readonly byte[] _chunk = new byte[Math.Min(theirs.ReceiveBytes, TransportLimits.Ours.SendBytes)];
    private readonly UaWriter _writer = new((int)TransportLimits.Ours.MaxMessageBytes);
    private uint _lastSent;

    /// <summary>Writes a request; what was written before is gone.</summary>
    /// <exception cref="OpcUaException">It is longer than a message may be.</exception>
    public void Write<TResponse>(IServiceRequest<TResponse> request, NodeId authenticationToken, uint requestId, TimeSpan patience)
        where TResponse : IServiceResponse<TResponse>
    {
        WriteHeader(request.TypeId, authenticationToken, requestId, patience);
        request.Write(_writer);
    }

    /// <summary>Writes a request that has nothing but a header.</summary>
    public void WriteHeader(uint typeId, NodeId authenticationToken, uint requestId, TimeSpan patience)
    {
        _writer.Clear();
        _writer.WriteTypeId(typeId);
        new RequestHeader(authenticationToken, OpcUaTime.From(time.GetUtcNow()), requestId, (uint)patience.TotalMilliseconds).Write(_writer);
    }

    /// <summary>The chunks of what was written; each is valid until the next is asked for, and must then have been sent.</summary>
    /// <exception cref="OpcUaException">The server does not take so much; no number was used up.</exception>
    public IEnumerable<ReadOnlyMemory<byte>> Chunks(MessageKind kind, ChannelToken token, uint requestId)
    {
        var most = SymmetricChunks.MaxBody(_chunk.Length, token.Mode);
        var total = _writer.Written.Length;
        var count = (total + most - 1) / most;
        if ((theirs.MaxMessageBytes != 0 && total > theirs.MaxMessageBytes) || (theirs.MaxChunks != 0 && count > theirs.MaxChunks))
            throw new OpcUaException(StatusCodes.BadRequestTooLarge, $"a request of {total} bytes in {count} chunks; the server takes {theirs.MaxMessageBytes} bytes in {theirs.MaxChunks} chunks");
        for (var chunk = 0; chunk < count; chunk++)
        {
            var body = _writer.Written.Slice(chunk * most, Math.Min(most, total - (chunk * most)));
            _lastSent = SequenceNumbers.Next(_lastSent);
            var length = SymmetricChunks.Write(_chunk, kind, chunk == count - 1 ? 'F' : 'C', token, token.Outgoing, _lastSent, requestId, body);
            yield return _chunk.AsMemory(0, length);
        }
    }

    /// <summary>The one chunk of a request for a token.</summary>
    public ReadOnlyMemory<byte> OpeningChunk(uint channelId, uint requestId)
    {
        _lastSent = SequenceNumbers.Next(_lastSent);
        return AsymmetricChunks.Write(security.Policy, security.Own, security.Server, channelId, _lastSent, requestId, _writer.Written);
    }
}
