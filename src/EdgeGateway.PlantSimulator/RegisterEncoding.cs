using System.Globalization;
using System.Text;

namespace EdgeGateway.PlantSimulator;

/// <summary>
/// Writes raw values into registers, and reads parts of registers back that several points have written. Written for the simulator alone: the gateway's own
/// codec must agree with it, not share it.
/// </summary>
internal static class RegisterEncoding
{
    private const int Mod10KBase = 10_000;

    private static readonly Encoding Gb18030 = CodePagesEncodingProvider.Instance.GetEncoding("GB18030")
        ?? throw new NotSupportedException("the runtime has no GB18030 encoding");

    /// <summary>Writes one value; <paramref name="registers"/> is exactly as long as the value is wide.</summary>
    public static void Write(Span<ushort> registers, SimulatedPoint point, long bits, string text)
    {
        if (point.IsText) WriteText(registers, point, text);
        else if (point.IsTime && point.Type != PointType.UnixTime) ClockEncoding.Write(registers, point, bits);
        else WriteContent(registers, point, ContentOf(point, bits));
    }

    /// <summary>Writes the bits of a number as they are, most significant first before the order is applied; of a field those of its whole register or registers.</summary>
    public static void WriteWhole(Span<ushort> registers, SimulatedPoint point, ulong content) =>
        WriteContent(registers, point with { FieldBits = 0 }, content);

    /// <summary>The bits of a number, least significant last, before its order.</summary>
    public static ulong ContentOf(SimulatedPoint point, long bits) => point.FieldBits > 0 ? (ulong)bits : point.Type switch
    {
        PointType.Bool => bits != 0 ? 1UL : 0,
        PointType.Int8High or PointType.Int8Low or PointType.UInt8High or PointType.UInt8Low => (byte)bits,
        PointType.SignMagnitude16 => (ulong)Math.Abs(bits) | (bits < 0 ? 0x8000UL : 0),
        PointType.Bcd16 or PointType.Bcd32 or PointType.Bcd64 => Digits(bits, 10, 4),
        PointType.Mod10K32 or PointType.Mod10K48 or PointType.Mod10K64 => Digits(bits, Mod10KBase, 16),
        PointType.UnixTime => (ulong)Math.DivRem(bits, 1000).Quotient,
        // The low end of 64 bits is the value itself, whatever its width: two's complement and IEEE bits alike.
        _ => point.Width == 4 ? (ulong)bits : (ulong)bits & ((1UL << 16 * point.Width) - 1),
    };

    /// <summary>What a part of registers holds: the number of a bit, a byte or a field.</summary>
    public static long ReadPart(ReadOnlySpan<ushort> registers, SimulatedPoint point) => point.Type switch
    {
        PointType.Bool => registers[0] >> point.Bit & 1,
        PointType.Int8High => (sbyte)(registers[0] >> 8),
        PointType.Int8Low => (sbyte)(registers[0] & 0xFF),
        PointType.UInt8High => registers[0] >> 8,
        PointType.UInt8Low => registers[0] & 0xFF,
        _ => (long)(ReadWhole(registers, point) >> point.Bit & Mask(point.FieldBits)),
    };

    /// <summary>All bits of a number of one or two registers; of a byte that byte.</summary>
    public static ulong ReadWhole(ReadOnlySpan<ushort> registers, SimulatedPoint point)
    {
        if (point.Type is PointType.Int8High or PointType.UInt8High) return (ulong)registers[0] >> 8;
        if (point.Type is PointType.Int8Low or PointType.UInt8Low) return registers[0] & 0xFFUL;
        var content = 0UL;
        for (var i = 0; i < registers.Length; i++)
        {
            var word = Exchanged(registers[i], point.Order);
            content |= (ulong)word << 16 * (registers.Length - 1 - WordAt(i, registers.Length, point.Order));
        }
        return content;
    }

    /// <summary>What stands for no value, as a map says it, as the bits of the number.</summary>
    public static ulong MarkerOf(SimulatedPoint point, string marker)
    {
        if (marker.StartsWith("0x", StringComparison.OrdinalIgnoreCase)) return Convert.ToUInt64(marker[2..], 16);
        var whole = point with { FieldBits = 0 };
        if (!point.IsFloat) return ContentOf(whole, long.Parse(marker, CultureInfo.InvariantCulture));
        var number = marker.Equals("NaN", StringComparison.OrdinalIgnoreCase) ? double.NaN : double.Parse(marker, CultureInfo.InvariantCulture);
        return ContentOf(whole, FloatBits(point.Type, number));
    }

    /// <summary>The bits of a float of one of the three widths.</summary>
    public static long FloatBits(PointType type, double number) => type switch
    {
        PointType.Float16 => BitConverter.HalfToInt16Bits((Half)number),
        PointType.Float32 => BitConverter.SingleToInt32Bits((float)number),
        _ => BitConverter.DoubleToInt64Bits(number),
    };

    /// <summary>The number behind the bits of a float.</summary>
    public static double FloatOf(PointType type, long bits) => type switch
    {
        PointType.Float16 => (double)BitConverter.Int16BitsToHalf((short)bits),
        PointType.Float32 => BitConverter.Int32BitsToSingle((int)bits),
        _ => BitConverter.Int64BitsToDouble(bits),
    };

    /// <summary>The bytes of a text.</summary>
    public static byte[] Characters(PointType type, string text) => (type switch
    {
        PointType.String => Encoding.UTF8,
        PointType.Gbk => Gb18030,
        _ => Encoding.ASCII,
    }).GetBytes(text);

    /// <summary>A register of two bytes in the order of the point.</summary>
    public static ushort Word(byte first, byte second, WordOrder order) => Exchanged((ushort)(first << 8 | second), order);

    private static void WriteContent(Span<ushort> registers, SimulatedPoint point, ulong content)
    {
        if (point.FieldBits > 0)
        {
            var others = ReadWhole(registers, point) & ~(Mask(point.FieldBits) << point.Bit);
            WriteOrdered(registers, others | content << point.Bit, point.Order);
            return;
        }
        registers[0] = point.Type switch
        {
            PointType.Bool => (ushort)(registers[0] & ~(1 << point.Bit) | (int)content << point.Bit),
            PointType.Int8High or PointType.UInt8High => (ushort)(registers[0] & 0x00FF | (int)content << 8),
            PointType.Int8Low or PointType.UInt8Low => (ushort)(registers[0] & 0xFF00 | (int)content),
            _ => registers[0],
        };
        if (!point.IsPart && !point.IsSingleBit) WriteOrdered(registers, content, point.Order);
    }

    private static void WriteOrdered(Span<ushort> registers, ulong content, WordOrder order)
    {
        for (var i = 0; i < registers.Length; i++)
        {
            var word = (ushort)(content >> 16 * (registers.Length - 1 - WordAt(i, registers.Length, order)));
            registers[i] = Exchanged(word, order);
        }
    }

    /// <summary>Which word of the number, counted from the most significant, stands in a register: the names of the orders spelled out.</summary>
    private static int WordAt(int register, int count, WordOrder order) => order switch
    {
        WordOrder.CDAB or WordOrder.DCBA => count - 1 - register,
        WordOrder.CDABGHEF => register ^ 1,
        WordOrder.EFGHABCD => register ^ 2,
        _ => register,
    };

    private static ushort Exchanged(ushort word, WordOrder order) =>
        order is WordOrder.BADC or WordOrder.DCBA ? (ushort)(word >> 8 | word << 8) : word;

    private static void WriteText(Span<ushort> registers, SimulatedPoint point, string text)
    {
        var bytes = Characters(point.Type, text);
        registers.Clear();
        if (point.Type is PointType.HighCharacters or PointType.LowCharacters)
        {
            for (var i = 0; i < bytes.Length; i++)
                registers[i] = point.Type == PointType.HighCharacters ? Word(bytes[i], 0, point.Order) : Word(0, bytes[i], point.Order);
            return;
        }
        for (var i = 0; i < registers.Length && 2 * i < bytes.Length; i++)
            registers[i] = Word(bytes[2 * i], 2 * i + 1 < bytes.Length ? bytes[2 * i + 1] : (byte)0, point.Order);
    }

    /// <summary>The digits of a number to a base, each in so many bits; of a negative number all of them negative.</summary>
    private static ulong Digits(long number, int radix, int bitsEach)
    {
        var digits = 0UL;
        for (var shift = 0; number != 0; shift += bitsEach)
        {
            number = Math.DivRem(number, radix, out var digit);
            digits |= ((ulong)digit & Mask(bitsEach)) << shift;
        }
        return digits;
    }

    private static ulong Mask(int bits) => (1UL << bits) - 1;
}
