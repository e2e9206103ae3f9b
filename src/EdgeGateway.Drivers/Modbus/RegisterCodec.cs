using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace EdgeGateway.Drivers.Modbus;

/// <summary>
/// What registers and bits mean. Pure and exact: whole numbers become exact decimals, floats keep the device's bits. Knows nothing of
/// questions and frames.
/// </summary>
internal static class RegisterCodec
{
    /// <summary>Bit <paramref name="index"/> of packed coils: the first bit asked for is the least significant of the first byte (6.1).</summary>
    public static Sample Coil(ReadOnlySpan<byte> packed, int index) => Exact(packed[index >> 3] >> (index & 7) & 1);

    /// <summary>Bit 0 (least significant) to 15 of one register.</summary>
    public static Sample Bit(ReadOnlySpan<byte> register, int bit) => Exact(BinaryPrimitives.ReadUInt16BigEndian(register) >> bit & 1);

    /// <summary>A number of one, two or four registers, as they came over the wire.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="type"/> is no number.</exception>
    public static Sample Number(RegisterType type, WordOrder order, ReadOnlySpan<byte> registers)
    {
        var bits = Gather(order, registers);
        return type switch
        {
            RegisterType.Int16 => Exact((short)bits),
            RegisterType.UInt16 => Exact((ushort)bits),
            RegisterType.Int32 => Exact((int)bits),
            RegisterType.UInt32 => Exact((uint)bits),
            RegisterType.Int64 => Exact((long)bits),
            RegisterType.UInt64 => bits > long.MaxValue ? Sample.None(Quality.NotRepresentable) : Exact((long)bits),
            RegisterType.Float32 => Good(SampleValue.OfBinary32(BitConverter.UInt32BitsToSingle((uint)bits))),
            RegisterType.Float64 => Good(SampleValue.OfBinary64(BitConverter.UInt64BitsToDouble(bits))),
            RegisterType.Bcd16 or RegisterType.Bcd32 => Bcd(bits, registers.Length * 2),
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, "not a number"),
        };
    }

    /// <summary>Lays the bytes of a text in reading order: two characters a register, the first in the high byte unless they are exchanged.</summary>
    public static void LayText(WordOrder order, ReadOnlySpan<byte> registers, Span<byte> text)
    {
        var exchange = (order & WordOrder.ByteSwap) != 0 ? 1 : 0;
        for (var i = 0; i < text.Length; i++) text[i] = registers[i ^ exchange];
    }

    /// <summary>Text up to the first NUL without trailing spaces; whatever is not UTF-8 or holds control characters is no text.</summary>
    public static Sample Text(ReadOnlySpan<byte> text)
    {
        var nul = text.IndexOf((byte)0);
        var trimmed = (nul < 0 ? text : text[..nul]).TrimEnd((byte)' ');
        if (!Utf8.IsValid(trimmed)) return Sample.None(Quality.NotANumber);
        var characters = Encoding.UTF8.GetString(trimmed);
        foreach (var c in characters)
            if (char.IsControl(c)) return Sample.None(Quality.NotANumber);
        return Good(SampleValue.OfText(characters));
    }

    private static ulong Gather(WordOrder order, ReadOnlySpan<byte> registers)
    {
        var words = registers.Length / 2;
        var bits = 0UL;
        for (var i = 0; i < words; i++)
        {
            var word = BinaryPrimitives.ReadUInt16BigEndian(registers[(2 * ((order & WordOrder.WordSwap) != 0 ? words - 1 - i : i))..]);
            if ((order & WordOrder.ByteSwap) != 0) word = BinaryPrimitives.ReverseEndianness(word);
            bits = bits << 16 | word;
        }
        return bits;
    }

    private static Sample Bcd(ulong bits, int digits)
    {
        var number = 0L;
        for (var shift = 4 * (digits - 1); shift >= 0; shift -= 4)
        {
            var digit = (int)(bits >> shift & 0xF);
            if (digit > 9) return Sample.None(Quality.NotANumber);
            number = number * 10 + digit;
        }
        return Exact(number);
    }

    private static Sample Exact(long number) => Good(SampleValue.OfExact(number));

    private static Sample Good(SampleValue value) => new(value, Quality.Good);
}
