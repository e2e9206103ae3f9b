using System.Buffers.Binary;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;
using EdgeGateway.Drivers.OpcUa.Transport;

namespace EdgeGateway.Drivers.OpcUa.Security;

/// <summary>Chunks under a token: signed, then encrypted from the sequence header on (OPC 10000-6, 6.7.2).</summary>
internal static class SymmetricChunks
{
    /// <summary>Header, channel and token.</summary>
    public const int PlainHeaderBytes = 16;

    private const int SequenceBytes = 8;

    /// <summary>The most body that fits one chunk.</summary>
    public static int MaxBody(int chunkBytes, MessageSecurityMode mode)
    {
        var secured = chunkBytes - PlainHeaderBytes;
        return mode switch
        {
            MessageSecurityMode.SignAndEncrypt =>
                (secured / SecurityPolicy.BlockBytes * SecurityPolicy.BlockBytes) - SequenceBytes - 1 - SecurityPolicy.SignatureBytes,
            MessageSecurityMode.Sign => secured - SequenceBytes - SecurityPolicy.SignatureBytes,
            _ => secured - SequenceBytes,
        };
    }

    /// <summary>Writes one chunk and returns its length.</summary>
    public static int Write(
        Span<byte> destination, MessageKind kind, char part, ChannelToken token, SymmetricKeys? keys, uint sequence, uint requestId, ReadOnlySpan<byte> body)
    {
        var end = PlainHeaderBytes + SequenceBytes + body.Length;
        var padding = 0;
        if (token.Mode == MessageSecurityMode.SignAndEncrypt)
        {
            var unpadded = SequenceBytes + body.Length + 1 + SecurityPolicy.SignatureBytes;
            padding = (SecurityPolicy.BlockBytes - (unpadded % SecurityPolicy.BlockBytes)) % SecurityPolicy.BlockBytes;
        }
        var length = end + (token.Mode == MessageSecurityMode.SignAndEncrypt ? 1 + padding : 0) + (keys is null ? 0 : SecurityPolicy.SignatureBytes);
        new ChunkHeader(kind, part, (uint)length).Write(destination);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[8..], token.ChannelId);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[12..], token.TokenId);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[16..], sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[20..], requestId);
        body.CopyTo(destination[(PlainHeaderBytes + SequenceBytes)..]);
        if (keys is null) return length;
        if (token.Mode == MessageSecurityMode.SignAndEncrypt)
        {
            destination.Slice(end, 1 + padding).Fill((byte)padding);
            end += 1 + padding;
        }
        keys.Sign(destination[..end], destination[end..length]);
        if (token.Mode == MessageSecurityMode.SignAndEncrypt) keys.Encrypt(destination[PlainHeaderBytes..length]);
        return length;
    }

    /// <summary>The channel and token that a chunk names.</summary>
    public static (uint ChannelId, uint TokenId) ReadToken(ReadOnlySpan<byte> chunk)
    {
        if (chunk.Length < PlainHeaderBytes + SequenceBytes) throw OpcUaException.Malformed($"a chunk of only {chunk.Length} bytes");
        return (BinaryPrimitives.ReadUInt32LittleEndian(chunk[8..]), BinaryPrimitives.ReadUInt32LittleEndian(chunk[12..]));
    }

    /// <summary>Decrypts in place, checks the signature, and finds the body.</summary>
    /// <returns>Sequence number, request id, and where the body is.</returns>
    /// <exception cref="OpcUaException">It was not made by the owner of the keys. Every way of failing looks the same.</exception>
    public static (uint Sequence, uint RequestId, Range Body) Open(Span<byte> chunk, MessageSecurityMode mode, SymmetricKeys? keys)
    {
        var end = chunk.Length;
        if (keys is not null)
        {
            var secured = chunk[PlainHeaderBytes..];
            var encrypted = mode == MessageSecurityMode.SignAndEncrypt;
            if (secured.Length < SequenceBytes + SecurityPolicy.SignatureBytes || (encrypted && secured.Length % SecurityPolicy.BlockBytes != 0)) throw Untrue();
            if (encrypted) keys.Decrypt(secured);
            end -= SecurityPolicy.SignatureBytes;
            if (!keys.Verify(chunk[..end], chunk[end..])) throw Untrue();
            if (encrypted) end -= chunk[end - 1] + 1;
            if (end < PlainHeaderBytes + SequenceBytes) throw Untrue();
        }
        return (BinaryPrimitives.ReadUInt32LittleEndian(chunk[16..]), BinaryPrimitives.ReadUInt32LittleEndian(chunk[20..]), (PlainHeaderBytes + SequenceBytes)..end);
    }

    private static OpcUaException Untrue() =>
        new(StatusCodes.BadSecurityChecksFailed, "a message whose signature does not fit the keys of the channel: somebody changed it on its way, or the server is at fault");
}
