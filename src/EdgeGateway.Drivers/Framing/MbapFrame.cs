using System.Buffers.Binary;

namespace EdgeGateway.Drivers.Framing;

/// <summary>
/// One frame of Modbus on TCP (Messaging on TCP/IP V1.0b, 3.1.3): transaction id, protocol 0, length, unit, then the PDU. Points into the
/// buffer it was read from.
/// </summary>
internal readonly ref struct MbapFrame
{
    /// <summary>Transaction id, protocol, length and unit.</summary>
    public const int HeaderBytes = 7;

    /// <summary>Header and the longest PDU of 253 bytes.</summary>
    public const int MaxBytes = 260;

    /// <summary>The length field counts the unit and the PDU: at least a function code, at most the longest PDU.</summary>
    private const int MinLength = 2, MaxLength = 254;

    /// <summary>The bytes the length field does not count.</summary>
    private const int UncountedBytes = 6;

    private MbapFrame(ReadOnlySpan<byte> bytes) => Bytes = bytes;

    /// <summary>The whole frame.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>Which question this answers.</summary>
    public ushort TransactionId => BinaryPrimitives.ReadUInt16BigEndian(Bytes);

    /// <summary>The unit that speaks or is spoken to.</summary>
    public byte Unit => Bytes[6];

    /// <summary>Function code and data, 1 to 253 bytes.</summary>
    public ReadOnlySpan<byte> Pdu => Bytes[HeaderBytes..];

    /// <summary>Writes the header in front of a PDU of <paramref name="pduBytes"/> and returns the length of the frame.</summary>
    public static int WriteHeader(Span<byte> destination, ushort transactionId, byte unit, int pduBytes)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, transactionId);
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(destination[4..], (ushort)(pduBytes + 1));
        destination[6] = unit;
        return HeaderBytes + pduBytes;
    }

    /// <summary>Reads the frame at the start of <paramref name="bytes"/>; false if it is not whole yet.</summary>
    /// <exception cref="LineDownException">These bytes are not the start of a frame: nothing after them can be trusted.</exception>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out MbapFrame frame)
    {
        frame = default;
        if (bytes.Length < UncountedBytes) return false;
        var protocol = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        var length = BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
        if (protocol != 0 || length is < MinLength or > MaxLength)
            throw new LineDownException($"the frame header {Convert.ToHexString(bytes[..UncountedBytes])} says protocol {protocol} and length {length}, "
                + $"expected protocol 0 and a length from {MinLength} to {MaxLength}");
        if (bytes.Length < UncountedBytes + length) return false;
        frame = new MbapFrame(bytes[..(UncountedBytes + length)]);
        return true;
    }
}
