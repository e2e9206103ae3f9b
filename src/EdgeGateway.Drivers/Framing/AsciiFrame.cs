using System.Buffers;

namespace EdgeGateway.Drivers.Framing;

/// <summary>
/// ASCII frames: colon, unit, PDU and LRC in hexadecimal digits, CR LF (Modbus over Serial Line V1.02, 2.5.2). Lower-case digits are read, because
/// devices in the field send them; a missing LF is not waited for, CR ends the frame.
/// </summary>
internal sealed class AsciiFrame : SerialFrame
{
    private const byte Colon = (byte)':', Return = (byte)'\r', Feed = (byte)'\n';

    /// <summary>Digits of the LRC.</summary>
    private const int CheckDigits = 2;

    /// <inheritdoc/>
    public override int MaxBytes => 1 + 2 * MaxContentBytes + CheckDigits + 2;

    /// <inheritdoc/>
    public override int Write(Span<byte> destination, ReadOnlySpan<byte> content)
    {
        destination[0] = Colon;
        var at = 1;
        foreach (var one in content) at += WriteDigits(destination[at..], one);
        at += WriteDigits(destination[at..], Check(content));
        destination[at] = Return;
        destination[at + 1] = Feed;
        return at + 2;
    }

    /// <inheritdoc/>
    public override FrameStart Read(ReadOnlySpan<byte> bytes, Span<byte> content, out int frameBytes, out int contentBytes)
    {
        frameBytes = contentBytes = 0;
        if (bytes[0] != Colon) return FrameStart.None;
        var digits = 0;
        while (digits + 1 < bytes.Length && char.IsAsciiHexDigit((char)bytes[digits + 1])) digits++;
        var end = 1 + digits;
        if (end >= MaxBytes) return FrameStart.None;
        if (end == bytes.Length) return FrameStart.Partial;
        if (bytes[end] != Return || !TryDecode(bytes.Slice(1, digits), content, out var length)) return FrameStart.None;
        contentBytes = length;
        frameBytes = end + 1;
        if (frameBytes < bytes.Length && bytes[frameBytes] == Feed) frameBytes++;
        return FrameStart.Whole;
    }

    /// <inheritdoc/>
    public override bool Begins(ReadOnlySpan<byte> bytes, byte unit, byte function)
    {
        Span<byte> head = stackalloc byte[2];
        return bytes.Length >= 5 && bytes[0] == Colon
            && Convert.FromHexString(bytes.Slice(1, 4), head, out _, out _) == OperationStatus.Done
            && head[0] == unit && (head[1] & 0x7F) == function;
    }

    private static bool TryDecode(ReadOnlySpan<byte> digits, Span<byte> content, out int length)
    {
        length = 0;
        Span<byte> decoded = stackalloc byte[MaxContentBytes + 1];
        if (digits.Length % 2 != 0 || digits.Length < 8 || digits.Length > 2 * decoded.Length) return false;
        if (Convert.FromHexString(digits, decoded, out _, out var count) != OperationStatus.Done) return false;
        length = count - 1;
        if (ContentBytes(decoded[1], decoded[2]) != length || Check(decoded[..length]) != decoded[length]) return false;
        decoded[..length].CopyTo(content);
        return true;
    }

    // 2.5.2.2: two's complement of the sum of all bytes.
    private static byte Check(ReadOnlySpan<byte> content)
    {
        byte sum = 0;
        foreach (var one in content) sum += one;
        return (byte)-sum;
    }

    private static int WriteDigits(Span<byte> destination, byte value)
    {
        const string digits = "0123456789ABCDEF";
        destination[0] = (byte)digits[value >> 4];
        destination[1] = (byte)digits[value & 15];
        return 2;
    }
}
