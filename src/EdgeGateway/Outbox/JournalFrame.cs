using System.Buffers.Binary;

namespace EdgeGateway.Outbox;

/// <summary>
/// How one entry lies in a journal file, from a sector's start on: <c>"EGJ1"</c>, kind (u32), lap (u64), number (u64), length of the content (u32),
/// CRC-32C of all of it but these four bytes (u32), the content, zeros to the next sector. Little-endian. A frame never shares a sector with another,
/// so that writing one cannot tear one that is on disk already.
/// </summary>
/// <param name="Lap">How often the journal has changed files: the frames of a lap are in one file.</param>
/// <param name="Number">Number of the entry since the store was made, plus one each; the other kinds bear the number of the entry before them.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Content">What it says.</param>
internal readonly record struct JournalFrame(long Lap, long Number, JournalFrameKind Kind, ReadOnlyMemory<byte> Content)
{
    /// <summary>The largest unit that disks of today write whole or not at all.</summary>
    public const int Sector = 4096;

    private const uint Magic = 0x314A4745;
    private const int HeaderBytes = 32;
    private const int CrcAt = 28;

    /// <summary>Bytes on disk of a frame with so much content.</summary>
    public static int LengthOf(int content) => (HeaderBytes + content + Sector - 1) / Sector * Sector;

    /// <summary>Writes the frame at the start of <paramref name="into"/>, zeros included; returns its length on disk.</summary>
    public int Write(Span<byte> into)
    {
        var frame = into[..LengthOf(Content.Length)];
        BinaryPrimitives.WriteUInt32LittleEndian(frame, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[4..], (uint)Kind);
        BinaryPrimitives.WriteInt64LittleEndian(frame[8..], Lap);
        BinaryPrimitives.WriteInt64LittleEndian(frame[16..], Number);
        BinaryPrimitives.WriteInt32LittleEndian(frame[24..], Content.Length);
        Content.Span.CopyTo(frame[HeaderBytes..]);
        frame[(HeaderBytes + Content.Length)..].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(frame[CrcAt..], Crc(frame, Content.Length));
        return frame.Length;
    }

    /// <summary>The frame at the start of <paramref name="bytes"/>; null if there is none, or not as it was written.</summary>
    public static JournalFrame? Read(ReadOnlyMemory<byte> bytes)
    {
        var frame = bytes.Span;
        if (frame.Length < HeaderBytes || BinaryPrimitives.ReadUInt32LittleEndian(frame) != Magic) return null;
        var kind = (JournalFrameKind)BinaryPrimitives.ReadUInt32LittleEndian(frame[4..]);
        var length = BinaryPrimitives.ReadInt32LittleEndian(frame[24..]);
        if (kind is < JournalFrameKind.Entry or > JournalFrameKind.End || length < 0 || length > frame.Length - HeaderBytes) return null;
        if (BinaryPrimitives.ReadUInt32LittleEndian(frame[CrcAt..]) != Crc(frame, length)) return null;
        return new JournalFrame(
            BinaryPrimitives.ReadInt64LittleEndian(frame[8..]), BinaryPrimitives.ReadInt64LittleEndian(frame[16..]), kind, bytes.Slice(HeaderBytes, length));
    }

    private static uint Crc(ReadOnlySpan<byte> frame, int content) => Crc32C.Of(frame[..CrcAt], frame.Slice(HeaderBytes, content));
}
