namespace EdgeGateway.Drivers.Framing;

/// <summary>
/// The frame of DL/T 645 (1997 and 2007 alike): <c>68 A0..A5 68 C L DATA CS 16</c>, behind any number of FE. Every data byte travels with 33H added; CS is
/// the sum of everything from the first 68 on. The end is known from L: 68 and 16 are ordinary bytes inside addresses and data. Pure: no stream, no clock.
/// </summary>
internal static class Dlt645Frame
{
    /// <summary>Data of one frame that is read.</summary>
    public const int MaxDataBytes = 200;

    /// <summary>The address in front of the content.</summary>
    public const int AddressBytes = 6;

    /// <summary>Where the control code stands in the content; the data follows it.</summary>
    public const int ControlAt = AddressBytes;

    /// <summary>Address, control and data as they are meant, without the 33H.</summary>
    public const int MaxContentBytes = AddressBytes + 1 + MaxDataBytes;

    /// <summary>The most FE in front of a question.</summary>
    public const int MaxPreamble = 8;

    /// <summary>What may stand in front of a frame, any number of times.</summary>
    public const byte Preamble = 0xFE;

    /// <summary>The longest frame on the wire without FE.</summary>
    public const int MaxBytes = HeaderBytes + MaxDataBytes + TailBytes;

    /// <summary>Bytes of a frame without data, from the first start to the end.</summary>
    public const int EmptyBytes = HeaderBytes + TailBytes;

    private const int HeaderBytes = 10;
    private const int TailBytes = 2;
    private const int SecondStartAt = 7;
    private const int ControlOnWireAt = 8;
    private const int LengthAt = 9;
    private const byte Start = 0x68;
    private const byte End = 0x16;
    private const byte Shift = 0x33;

    /// <summary>Writes the frame around address, control and data and returns its length.</summary>
    /// <param name="destination">At least <paramref name="preamble"/> and <see cref="MaxBytes"/> long.</param>
    /// <param name="content">Address (lowest digits first), control, data.</param>
    /// <param name="preamble">How many FE go ahead.</param>
    public static int Write(Span<byte> destination, ReadOnlySpan<byte> content, int preamble)
    {
        destination[..preamble].Fill(Preamble);
        var frame = destination[preamble..];
        var data = content[(ControlAt + 1)..];
        frame[0] = Start;
        content[..AddressBytes].CopyTo(frame[1..]);
        frame[SecondStartAt] = Start;
        frame[ControlOnWireAt] = content[ControlAt];
        frame[LengthAt] = checked((byte)data.Length);
        for (var i = 0; i < data.Length; i++) frame[HeaderBytes + i] = (byte)(data[i] + Shift);
        var end = HeaderBytes + data.Length;
        frame[end] = Check(frame[..end]);
        frame[end + 1] = End;
        return preamble + end + TailBytes;
    }

    /// <summary>Looks at the very start of <paramref name="bytes"/>. FE in front of a frame is no start of one: the caller moves on by a byte.</summary>
    /// <param name="bytes">At least one byte.</param>
    /// <param name="content">Takes address, control and data of a whole frame; at least <see cref="MaxContentBytes"/> long.</param>
    /// <param name="frameBytes">The length of a whole frame on the wire; else 0.</param>
    /// <param name="contentBytes">The length of what was put into <paramref name="content"/>; else 0.</param>
    public static FrameStart Read(ReadOnlySpan<byte> bytes, Span<byte> content, out int frameBytes, out int contentBytes)
    {
        frameBytes = contentBytes = 0;
        if (bytes[0] != Start) return FrameStart.None;
        if (bytes.Length <= SecondStartAt) return FrameStart.Partial;
        if (bytes[SecondStartAt] != Start) return FrameStart.None;
        if (bytes.Length <= LengthAt) return FrameStart.Partial;
        var length = bytes[LengthAt];
        if (length > MaxDataBytes) return FrameStart.None;
        var end = HeaderBytes + length;
        if (bytes.Length < end + TailBytes) return FrameStart.Partial;
        if (bytes[end] != Check(bytes[..end]) || bytes[end + 1] != End) return FrameStart.None;

        bytes.Slice(1, AddressBytes).CopyTo(content);
        content[ControlAt] = bytes[ControlOnWireAt];
        for (var i = 0; i < length; i++) content[ControlAt + 1 + i] = (byte)(bytes[HeaderBytes + i] - Shift);
        frameBytes = end + TailBytes;
        contentBytes = ControlAt + 1 + length;
        return FrameStart.Whole;
    }

    /// <summary>The address of the frame that <paramref name="bytes"/> begin as, whatever follows; empty if they do not begin as one.</summary>
    public static ReadOnlySpan<byte> AddressAtStart(ReadOnlySpan<byte> bytes) =>
        bytes.Length > ControlOnWireAt && bytes[0] == Start && bytes[SecondStartAt] == Start && (bytes[ControlOnWireAt] & 0x80) != 0
            ? bytes.Slice(1, AddressBytes) : [];

    private static byte Check(ReadOnlySpan<byte> bytes)
    {
        byte sum = 0;
        foreach (var one in bytes) sum += one;
        return sum;
    }
}
