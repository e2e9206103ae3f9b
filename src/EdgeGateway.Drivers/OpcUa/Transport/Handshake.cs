using EdgeGateway.Drivers.OpcUa.Encoding;

namespace EdgeGateway.Drivers.OpcUa.Transport;

/// <summary>Hello, Acknowledge and Error (OPC 10000-6, 7.1.2.3 to 7.1.2.5).</summary>
internal static class Handshake
{
    /// <summary>The longest reason and the longest endpoint URL.</summary>
    public const int MaxTextBytes = 4096;

    private const int AcknowledgeBytes = 28;

    /// <summary>Writes a Hello with what we take.</summary>
    public static byte[] Hello(string endpointUrl, TransportLimits ours)
    {
        if (System.Text.Encoding.UTF8.GetByteCount(endpointUrl) > MaxTextBytes)
            throw new OpcUaException(StatusCodes.BadTcpEndpointUrlInvalid, $"an endpoint URL of more than {MaxTextBytes} bytes");
        var writer = new UaWriter(MaxTextBytes + 64);
        writer.WriteRaw(stackalloc byte[ChunkHeader.Length]);
        writer.WriteUInt32(0);
        WriteLimits(writer, ours);
        writer.WriteString(endpointUrl);
        return Finish(writer, MessageKind.Hello);
    }

    /// <summary>Writes the answer of a server.</summary>
    public static byte[] Acknowledge(TransportLimits limits)
    {
        var writer = new UaWriter(64);
        writer.WriteRaw(stackalloc byte[ChunkHeader.Length]);
        writer.WriteUInt32(0);
        WriteLimits(writer, limits);
        return Finish(writer, MessageKind.Acknowledge);
    }

    /// <summary>Judges the server's answer to our Hello.</summary>
    /// <returns>What the server takes and sends.</returns>
    /// <exception cref="OpcUaException">It is none, an error, or it is outside what we proposed.</exception>
    public static TransportLimits ReadAcknowledge(ReadOnlySpan<byte> chunk, TransportLimits ours)
    {
        var header = ChunkHeader.Read(chunk);
        if (header.Kind == MessageKind.Error) throw ReadError(chunk);
        if (header.Kind != MessageKind.Acknowledge || chunk.Length != AcknowledgeBytes)
            throw OpcUaException.Malformed($"a {header.Kind} message of {chunk.Length} bytes as the answer to Hello, Acknowledge of {AcknowledgeBytes} expected");
        var reader = new UaReader(chunk[ChunkHeader.Length..], DecodeLimits.Default);
        reader.ReadUInt32(); // the server's protocol version: there is only 0
        var theirs = new TransportLimits(reader.ReadUInt32(), reader.ReadUInt32(), reader.ReadUInt32(), reader.ReadUInt32());
        if (theirs.ReceiveBytes < TransportLimits.LeastBytes || theirs.SendBytes < TransportLimits.LeastBytes
            || theirs.ReceiveBytes > ours.SendBytes || theirs.SendBytes > ours.ReceiveBytes)
            throw OpcUaException.Malformed($"the server acknowledges buffers of {theirs.ReceiveBytes} and {theirs.SendBytes} bytes; "
                + $"between {TransportLimits.LeastBytes} and the proposed {ours.SendBytes} and {ours.ReceiveBytes} expected");
        return theirs;
    }

    /// <summary>The server's reason for ending the connection.</summary>
    public static OpcUaException ReadError(ReadOnlySpan<byte> chunk)
    {
        var reader = new UaReader(chunk[ChunkHeader.Length..], new DecodeLimits { MaxStringBytes = MaxTextBytes });
        var status = reader.ReadStatus();
        return new OpcUaException(status, $"the server ended the connection: {status}, \"{Printable.Text(reader.ReadString())}\"");
    }

    private static void WriteLimits(UaWriter writer, TransportLimits limits)
    {
        writer.WriteUInt32(limits.ReceiveBytes);
        writer.WriteUInt32(limits.SendBytes);
        writer.WriteUInt32(limits.MaxMessageBytes);
        writer.WriteUInt32(limits.MaxChunks);
    }

    private static byte[] Finish(UaWriter writer, MessageKind kind)
    {
        var bytes = writer.Written.ToArray();
        new ChunkHeader(kind, 'F', (uint)bytes.Length).Write(bytes);
        return bytes;
    }
}
