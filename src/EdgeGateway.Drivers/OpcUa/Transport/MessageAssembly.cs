namespace EdgeGateway.Drivers.OpcUa.Transport;

/// <summary>
/// Puts messages together again. Chunks of several messages may come between each other, within bounds on messages, chunks and bytes; memory
/// grows only with what has arrived.
/// </summary>
/// <param name="maxMessageBytes">The longest message.</param>
/// <param name="maxChunks">The most chunks of one message.</param>
internal sealed class MessageAssembly(int maxMessageBytes, int maxChunks)
{
    private const int MaxOpen = 4;

    /// <summary>Of the longest message, for all unfinished ones together.</summary>
    private const int MaxShare = 2;

    private readonly Dictionary<uint, Open> _open = [];
    private long _held;

    /// <summary>Takes a chunk's body.</summary>
    /// <returns>The whole message with its last chunk (valid until the next call); else null.</returns>
    /// <exception cref="OpcUaException">A bound was passed: the connection cannot go on.</exception>
    public ReadOnlyMemory<byte>? Add(uint requestId, char part, ReadOnlyMemory<byte> body)
    {
        if (!_open.TryGetValue(requestId, out var open))
        {
            if (part == 'F') return body;
            if (_open.Count == MaxOpen) throw OpcUaException.TooLarge($"more than {MaxOpen} unfinished messages at once");
            _open[requestId] = open = new Open();
        }
        open.Chunks++;
        if (open.Chunks > maxChunks) throw OpcUaException.TooLarge($"a message of more than {maxChunks} chunks");
        if (open.Bytes.Length + body.Length > maxMessageBytes) throw OpcUaException.TooLarge($"a message of more than {maxMessageBytes} bytes");
        if (_held + body.Length > (long)maxMessageBytes * MaxShare) throw OpcUaException.TooLarge($"unfinished messages of more than {(long)maxMessageBytes * MaxShare} bytes together");
        open.Bytes.Write(body.Span);
        _held += body.Length;
        if (part != 'F') return null;
        Abort(requestId);
        return open.Bytes.GetBuffer().AsMemory(0, (int)open.Bytes.Length);
    }

    /// <summary>The sender gave the message up.</summary>
    public void Abort(uint requestId)
    {
        if (_open.Remove(requestId, out var open)) _held -= open.Bytes.Length;
    }

    /// <summary>Nothing more will come.</summary>
    public void Clear()
    {
        _open.Clear();
        _held = 0;
    }

    private sealed class Open
    {
        public int Chunks { get; set; }

        public MemoryStream Bytes { get; } = new();
    }
}
