namespace EdgeGateway.Drivers.Framing;

/// <summary>
/// One kind of frame of Modbus on serial lines (Modbus over Serial Line V1.02): how a question is put into it, and how an answer of the four
/// read functions is found in a stream of bytes. Pure: no stream, no clock.
/// </summary>
internal abstract class SerialFrame
{
    /// <summary>Unit and the longest PDU of 253 bytes.</summary>
    public const int MaxContentBytes = 254;

    /// <summary>The longest data of an answer of the four read functions.</summary>
    protected const int MaxDataBytes = 250;

    /// <summary>The longest frame on the wire.</summary>
    public abstract int MaxBytes { get; }

    /// <summary>Writes the frame of unit and PDU into <paramref name="destination"/> and returns its length.</summary>
    public abstract int Write(Span<byte> destination, ReadOnlySpan<byte> content);

    /// <summary>Looks at the very start of <paramref name="bytes"/>.</summary>
    /// <param name="bytes">At least one byte.</param>
    /// <param name="content">Takes unit and PDU of a whole frame; at least <see cref="MaxContentBytes"/> long.</param>
    /// <param name="frameBytes">The length of a whole frame on the wire; else 0.</param>
    /// <param name="contentBytes">The length of what was put into <paramref name="content"/>; else 0.</param>
    public abstract FrameStart Read(ReadOnlySpan<byte> bytes, Span<byte> content, out int frameBytes, out int contentBytes);

    /// <summary>True if the bytes begin as an answer of this unit and function (or its refusal) would, whatever follows.</summary>
    public abstract bool Begins(ReadOnlySpan<byte> bytes, byte unit, byte function);

    /// <summary>
    /// How long unit and PDU of an answer must be, from its function and byte count: 3 and the data, or 3 for a refusal (Application Protocol
    /// V1.1b3, 6.1 to 6.4 and 7). Null if no answer of a read function begins so.
    /// </summary>
    protected static int? ContentBytes(byte function, byte byteCount) => function switch
    {
        >= 0x81 and <= 0x84 => 3,
        >= 1 and <= 4 when byteCount is >= 1 and <= MaxDataBytes => 3 + byteCount,
        _ => null,
    };
}
