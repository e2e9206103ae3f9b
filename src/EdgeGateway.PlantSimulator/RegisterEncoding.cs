using System.Buffers.Binary;
using System.Text;

namespace EdgeGateway.PlantSimulator;

/// <summary>
/// Writes raw values into registers. Written for the simulator alone: the gateway's own codec must agree with it, not share it.
/// </summary>
internal static class RegisterEncoding
{
    /// <summary>Writes one value; <paramref name="registers"/> is exactly as long as the value is wide.</summary>
    public static void Write(Span<ushort> registers, SimulatedPoint point, long bits, string text)
    {
        switch (point.Type)
        {
            case PointType.Bool:
                var mask = (ushort)(1 << point.Bit);
                registers[0] = bits != 0 ? (ushort)(registers[0] | mask) : (ushort)(registers[0] & ~mask);
                return;
            case PointType.String:
                WriteText(registers, text, point.Order);
                return;
            case PointType.Bcd16 or PointType.Bcd32:
                bits = ToBcd(bits);
                break;
        }
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, bits);
        // The low end of the big-endian eight bytes is the value itself, whatever its width: two's complement and IEEE bits alike.
        WriteOrdered(registers, bytes[^(registers.Length * 2)..], point.Order);
    }

    private static void WriteOrdered(Span<ushort> registers, ReadOnlySpan<byte> bytes, WordOrder order)
    {
        for (var i = 0; i < registers.Length; i++)
        {
            var from = order is WordOrder.ABCD or WordOrder.BADC ? i : registers.Length - 1 - i;
            registers[i] = Word(bytes[2 * from], bytes[2 * from + 1], order);
        }
    }

    private static void WriteText(Span<ushort> registers, string text, WordOrder order)
    {
        Span<byte> bytes = stackalloc byte[registers.Length * 2];
        bytes.Clear();
        Encoding.Latin1.GetBytes(text, bytes);
        for (var i = 0; i < registers.Length; i++) registers[i] = Word(bytes[2 * i], bytes[2 * i + 1], order);
    }

    private static ushort Word(byte first, byte second, WordOrder order) => order is WordOrder.BADC or WordOrder.DCBA
        ? (ushort)(second << 8 | first)
        : (ushort)(first << 8 | second);

    private static long ToBcd(long number)
    {
        long nibbles = 0;
        for (var shift = 0; number > 0; shift += 4)
        {
            number = Math.DivRem(number, 10, out var digit);
            nibbles |= digit << shift;
        }
        return nibbles;
    }
}
