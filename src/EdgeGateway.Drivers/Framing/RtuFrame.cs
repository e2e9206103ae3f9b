using System.Buffers.Binary;

namespace EdgeGateway.Drivers.Framing;

/// <summary>
/// RTU frames: unit, PDU, CRC-16 (Modbus over Serial Line V1.02, 2.5.1). The end of an answer is known from its header, not from silence: serial
/// servers and adapters tear frames apart and glue them together.
/// </summary>
internal sealed class RtuFrame : SerialFrame
{
    private const int CheckBytes = 2;

    /// <inheritdoc/>
    public override int MaxBytes => MaxContentBytes + CheckBytes;

    /// <inheritdoc/>
    public override int Write(Span<byte> destination, ReadOnlySpan<byte> content)
    {
        content.CopyTo(destination);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[content.Length..], Crc16.Of(content));
        return content.Length + CheckBytes;
    }

    /// <inheritdoc/>
    public override FrameStart Read(ReadOnlySpan<byte> bytes, Span<byte> content, out int frameBytes, out int contentBytes)
    {
        frameBytes = contentBytes = 0;
        // The byte count of a refusal is not looked at; before the function has come, anything may begin here.
        if (bytes.Length < 2) return FrameStart.Partial;
        if (ContentBytes(bytes[1], bytes.Length > 2 ? bytes[2] : (byte)1) is not { } length) return FrameStart.None;
        if (bytes.Length < 3 || bytes.Length < length + CheckBytes) return FrameStart.Partial;
        if (BinaryPrimitives.ReadUInt16LittleEndian(bytes[length..]) != Crc16.Of(bytes[..length])) return FrameStart.None;
        bytes[..length].CopyTo(content);
        contentBytes = length;
        frameBytes = length + CheckBytes;
        return FrameStart.Whole;
    }

    /// <inheritdoc/>
    public override bool Begins(ReadOnlySpan<byte> bytes, byte unit, byte function) =>
        bytes.Length >= 2 && bytes[0] == unit && (bytes[1] & 0x7F) == function;
}
