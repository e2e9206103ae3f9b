namespace EdgeGateway.Drivers.OpcUa.Transport;

/// <summary>Cuts a stream into chunks. A chunk is refused by its header, before its bytes are waited for.</summary>
/// <param name="stream">The connection.</param>
/// <param name="maxBytes">The longest chunk that is taken.</param>
internal sealed class ChunkInput(Stream stream, int maxBytes)
{
    private readonly byte[] _buffer = new byte[maxBytes];
    private int _start;
    private int _end;

    /// <summary>The next whole chunk, valid until the next call; it may be changed in place.</summary>
    /// <exception cref="OpcUaException">The bytes are no chunk, the chunk is too long, or the stream has ended.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public async ValueTask<Memory<byte>> ReadAsync(CancellationToken cancellationToken)
    {
        await FillAsync(ChunkHeader.Length, cancellationToken).ConfigureAwait(false);
        var header = ChunkHeader.Read(_buffer.AsSpan(_start));
        if (header.Bytes < ChunkHeader.Length || header.Bytes > _buffer.Length)
            throw new OpcUaException(StatusCodes.BadTcpMessageTooLarge, $"a chunk of {header.Bytes} bytes; at most {_buffer.Length} were agreed on");
        await FillAsync((int)header.Bytes, cancellationToken).ConfigureAwait(false);
        var chunk = _buffer.AsMemory(_start, (int)header.Bytes);
        _start += (int)header.Bytes;
        return chunk;
    }

    private async ValueTask FillAsync(int count, CancellationToken cancellationToken)
    {
        if (_start == _end) _start = _end = 0;
        if (_start + count > _buffer.Length)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        while (_end - _start < count)
        {
            var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            if (read == 0) throw new OpcUaException(StatusCodes.BadConnectionClosed, "the server closed the connection");
            _end += read;
        }
    }
}
