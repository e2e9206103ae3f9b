using System.Buffers.Binary;

namespace EdgeGateway.Drivers.OpcUa.Transport;

/// <summary>The kinds of messages on a connection, by their three letters.</summary>
internal enum MessageKind
{
    Hello,
    Acknowledge,
    Error,
    OpenChannel,
    CloseChannel,
    Message,
}

/// <summary>The eight bytes that begin every chunk (OPC 10000-6, 7.1.2.2).</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Part"><c>C</c> more follows, <c>F</c> the last one, <c>A</c> the sender gave the message up.</param>
/// <param name="Bytes">All of the chunk, this header included.</param>
internal readonly record struct ChunkHeader(MessageKind Kind, char Part, uint Bytes)
{
    public const int Length = 8;

    public static ChunkHeader Read(ReadOnlySpan<byte> bytes)
    {
        MessageKind kind;
        if (bytes.StartsWith("MSG"u8)) kind = MessageKind.Message;
        else if (bytes.StartsWith("OPN"u8)) kind = MessageKind.OpenChannel;
        else if (bytes.StartsWith("CLO"u8)) kind = MessageKind.CloseChannel;
        else if (bytes.StartsWith("ERR"u8)) kind = MessageKind.Error;
        else if (bytes.StartsWith("ACK"u8)) kind = MessageKind.Acknowledge;
        else if (bytes.StartsWith("HEL"u8)) kind = MessageKind.Hello;
        else throw new OpcUaException(StatusCodes.BadTcpMessageTypeInvalid, $"bytes {Convert.ToHexString(bytes[..4])} begin no OPC UA message: is this an opc.tcp port?");
        var part = (char)bytes[3];
        if (part != 'F' && (kind != MessageKind.Message || part is not ('C' or 'A')))
            throw new OpcUaException(StatusCodes.BadTcpMessageTypeInvalid, $"a {kind} message with chunk kind 0x{bytes[3]:X2}");
        return new ChunkHeader(kind, part, BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]));
    }

    public void Write(Span<byte> destination)
    {
        var letters = Kind switch
        {
            MessageKind.Hello => "HEL"u8,
            MessageKind.Acknowledge => "ACK"u8,
            MessageKind.Error => "ERR"u8,
            MessageKind.OpenChannel => "OPN"u8,
            MessageKind.CloseChannel => "CLO"u8,
            _ => "MSG"u8,
        };
        letters.CopyTo(destination);
        destination[3] = (byte)Part;
        BinaryPrimitives.WriteUInt32LittleEndian(destination[4..], Bytes);
    }
}
