using System.Buffers.Binary;

namespace EdgeGateway.Drivers.Modbus;

/// <summary>
/// What the numbers in registers and bits mean. Pure and exact: whole numbers become exact decimals, floats keep the device's bits. Knows nothing of
/// questions and frames.
/// </summary>
internal static class RegisterCodec
{
    private const int Mod10KBase = 10_000;

    /// <summary>Bit <paramref name="index"/> of packed coils: the first bit asked for is the least significant of the first byte (6.1).</summary>
    public static Sample Coil(ReadOnlySpan<byte> packed, int index) => Exact(packed[index >> 3] >> (index & 7) & 1);

    /// <summary>Bit 0 (least significant) to 15 of one register.</summary>
    public static Sample Bit(ReadOnlySpan<byte> register, int bit) => Exact(BinaryPrimitives.ReadUInt16BigEndian(register) >> bit & 1);

    /// <summary>The number of a point, or why its registers hold none: a marker of the map, or bits that are no number of its type.</summary>
    public static Sample Number(ModbusPoint point, WordOrder order, ReadOnlySpan<byte> registers)
    {
        var bits = Bits(point.Type, order, registers);
        if (point.Markers.AsSpan().Contains(bits)) return Sample.None(Quality.NotANumber);
        return point.FieldBits > 0 ? Exact((long)(bits >> point.Bit & (1UL << point.FieldBits) - 1)) : Number(point.Type, bits, registers.Length);
    }

    /// <summary>A number of one to four registers, as they came over the wire.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="type"/> is no number.</exception>
    public static Sample Number(RegisterType type, WordOrder order, ReadOnlySpan<byte> registers) =>
        Number(type, Bits(type, order, registers), registers.Length);

    /// <summary>The bits of a number, least significant last, without those of its register that are not its own.</summary>
    public static ulong Bits(RegisterType type, WordOrder order, ReadOnlySpan<byte> registers)
    {
        var bits = Gather(order, registers);
        return type switch
        {
            RegisterType.Int8High or RegisterType.UInt8High => bits >> 8,
            RegisterType.Int8Low or RegisterType.UInt8Low => bits & 0xFF,
            _ => bits,
        };
    }

    private static Sample Number(RegisterType type, ulong bits, int bytes) => type switch
    {
        RegisterType.Int8High or RegisterType.Int8Low => Exact((sbyte)bits),
        RegisterType.UInt8High or RegisterType.UInt8Low => Exact((byte)bits),
        RegisterType.Int16 => Exact((short)bits),
        RegisterType.UInt16 => Exact((ushort)bits),
        RegisterType.SignMagnitude16 => Exact((bits & 0x8000) == 0 ? (long)bits : -(long)(bits & 0x7FFF)),
        RegisterType.Int32 => Exact((int)bits),
        RegisterType.UInt32 => Exact((uint)bits),
        RegisterType.Int64 => Exact((long)bits),
        RegisterType.UInt64 => bits > long.MaxValue ? Sample.None(Quality.NotRepresentable) : Exact((long)bits),
        RegisterType.Float16 => Good(SampleValue.OfBinary32((float)BitConverter.UInt16BitsToHalf((ushort)bits))),
        RegisterType.Float32 => Good(SampleValue.OfBinary32(BitConverter.UInt32BitsToSingle((uint)bits))),
        RegisterType.Float64 => Good(SampleValue.OfBinary64(BitConverter.UInt64BitsToDouble(bits))),
        RegisterType.Bcd16 or RegisterType.Bcd32 or RegisterType.Bcd64 => Bcd(bits, bytes * 2),
        RegisterType.Mod10K32 or RegisterType.Mod10K48 or RegisterType.Mod10K64 => Mod10K(bits, bytes / 2),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "not a number"),
    };

    private static ulong Gather(WordOrder order, ReadOnlySpan<byte> registers)
    {
        var words = registers.Length / 2;
        var bits = 0UL;
        for (var i = 0; i < words; i++)
        {
            var at = (order & WordOrder.WordSwap) != 0 ? words - 1 - i : i;
            if ((order & WordOrder.HalfSwap) != 0) at ^= 2; // only numbers of four words have this order
            var word = BinaryPrimitives.ReadUInt16BigEndian(registers[(2 * at)..]);
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

    private static Sample Mod10K(ulong bits, int words)
    {
        var number = 0L;
        var (hasPositive, hasNegative) = (false, false);
        for (var shift = 16 * (words - 1); shift >= 0; shift -= 16)
        {
            var digit = (short)(bits >> shift);
            if (digit is <= -Mod10KBase or >= Mod10KBase) return Sample.None(Quality.NotANumber);
            hasPositive |= digit > 0;
            hasNegative |= digit < 0;
            number = number * Mod10KBase + digit;
        }
        return hasPositive && hasNegative ? Sample.None(Quality.NotANumber) : Exact(number);
    }

    private static Sample Exact(long number) => Good(SampleValue.OfExact(number));

    private static Sample Good(SampleValue value) => new(value, Quality.Good);
}
