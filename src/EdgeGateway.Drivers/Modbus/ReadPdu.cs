using System.Buffers.Binary;

namespace EdgeGateway.Drivers.Modbus;

/// <summary>How an answer relates to its question.</summary>
internal enum AnswerKind : byte
{
    /// <summary>The data that was asked for.</summary>
    Data,

    /// <summary>The device said no, with an exception code.</summary>
    Refused,

    /// <summary>Something that does not fit the question.</summary>
    Bad,

    /// <summary>Nothing within the device's time.</summary>
    Silence,
}

/// <summary>
/// The PDUs of the four read functions (Application Protocol V1.1b3, 6.1 to 6.4 and 7): the same inside every kind of frame. This is the only
/// place where a function code is written, and it writes the code of a table to read and nothing else.
/// </summary>
internal static class ReadPdu
{
    /// <summary>Function code, address and quantity.</summary>
    public const int QuestionBytes = 5;

    /// <summary>The longest data of an answer: 125 registers or 2000 bits.</summary>
    public const int MaxDataBytes = 250;

    /// <summary>Set in the function code of a refusal.</summary>
    private const byte RefusalBit = 0x80;

    /// <summary>Writes a question and returns its length.</summary>
    public static int Write(Span<byte> destination, ReadRequest request)
    {
        if (request.Area is < ModbusArea.Coil or > ModbusArea.Input)
            throw new ArgumentOutOfRangeException(nameof(request), request.Area, "only the four tables can be read");
        if (request.Address < 0 || request.Quantity < 1 || request.End > 65536 || request.DataBytes > MaxDataBytes)
            throw new ArgumentOutOfRangeException(nameof(request), request, "outside the addresses or the answer of one question");
        destination[0] = (byte)request.Area;
        BinaryPrimitives.WriteUInt16BigEndian(destination[1..], (ushort)request.Address);
        BinaryPrimitives.WriteUInt16BigEndian(destination[3..], (ushort)request.Quantity);
        return QuestionBytes;
    }

    /// <summary>Judges what came back for <paramref name="request"/>.</summary>
    /// <param name="pdu">Exactly one PDU.</param>
    /// <param name="request">What was asked.</param>
    /// <param name="data">The data of <see cref="AnswerKind.Data"/>, <see cref="ReadRequest.DataBytes"/> long; else empty.</param>
    /// <param name="exception">The code of <see cref="AnswerKind.Refused"/>; else 0.</param>
    public static AnswerKind Judge(ReadOnlySpan<byte> pdu, ReadRequest request, out ReadOnlySpan<byte> data, out byte exception)
    {
        data = default;
        exception = 0;
        if (pdu.Length == 2 && pdu[0] == ((byte)request.Area | RefusalBit))
        {
            exception = pdu[1];
            return AnswerKind.Refused;
        }
        if (pdu.Length != 2 + request.DataBytes || pdu[0] != (byte)request.Area || pdu[1] != request.DataBytes) return AnswerKind.Bad;
        data = pdu[2..];
        return AnswerKind.Data;
    }

    /// <summary>What an exception code (Application Protocol V1.1b3, 7) means for the points that were asked for.</summary>
    public static Quality Meaning(byte exception) => exception switch
    {
        1 => Quality.IllegalFunction,
        2 or 3 => Quality.IllegalAddress,
        5 or 6 => Quality.DeviceBusy,
        10 or 11 => Quality.GatewayPath,
        _ => Quality.DeviceFailure,
    };
}
