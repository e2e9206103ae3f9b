using System.Globalization;

namespace EdgeGateway.Drivers.Modbus;

/// <summary>
/// Values that a device sends when it has none, as people write them: <c>0x7FFF</c> the bits of the number, <c>-9999</c> the number itself before it is
/// scaled, <c>NaN</c>. Turned into bits once, when the map is read.
/// </summary>
internal static class MarkerText
{
    /// <summary>True for types that can have markers.</summary>
    public static bool Has(RegisterType type) => type != RegisterType.Bool && !IsText(type);

    /// <summary>The bits of a marker.</summary>
    /// <param name="text">As written.</param>
    /// <param name="type">A type that <see cref="Has"/> markers.</param>
    /// <param name="bits">As <see cref="RegisterCodec.Bits"/> would give them.</param>
    /// <param name="expected">If it is none: what would have been one.</param>
    public static bool TryParse(string text, RegisterType type, out ulong bits, out string expected)
    {
        var width = Width(type);
        var isFloat = type is RegisterType.Float16 or RegisterType.Float32 or RegisterType.Float64;
        expected = isFloat
            ? $"NaN, a number the type can hold, or 0x and at most {width / 4} hexadecimal digits"
            : $"a whole number the type can hold, or 0x and at most {width / 4} hexadecimal digits";
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            return ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bits)
                && (width == 64 || bits >> width == 0);
        if (isFloat) return TryFloat(text, type, out bits);
        bits = 0;
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && TryWhole(number, type, width, out bits);
    }

    private static bool IsText(RegisterType type) => type is RegisterType.Text or >= RegisterType.AsciiText;

    private static int Width(RegisterType type) => type is RegisterType.Int8High or RegisterType.Int8Low or RegisterType.UInt8High or RegisterType.UInt8Low
        ? 8 : 16 * ModbusPoint.SizeOf(type, 0);

    private static bool TryFloat(string text, RegisterType type, out ulong bits)
    {
        bits = 0;
        // NaN has many bits, and all of them are no number anyway: the marker says what the map's author expects.
        var number = double.NaN;
        if (!text.Equals("NaN", StringComparison.OrdinalIgnoreCase)
            && !(double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number))) return false;
        switch (type)
        {
            case RegisterType.Float16:
                bits = BitConverter.HalfToUInt16Bits((Half)number);
                return !Half.IsInfinity((Half)number);
            case RegisterType.Float32:
                bits = BitConverter.SingleToUInt32Bits((float)number);
                return !float.IsInfinity((float)number);
            default:
                bits = BitConverter.DoubleToUInt64Bits(number);
                return true;
        }
    }

    private static bool TryWhole(long number, RegisterType type, int width, out ulong bits)
    {
        bits = 0;
        switch (type)
        {
            case RegisterType.SignMagnitude16:
                bits = (ulong)Math.Abs(number) | (number < 0 ? 0x8000UL : 0);
                return number is >= -0x7FFF and <= 0x7FFF;
            case RegisterType.Bcd16 or RegisterType.Bcd32 or RegisterType.Bcd64:
                return number >= 0 && TryDigits(number, 10, 4, width / 4, out bits);
            case RegisterType.Mod10K32 or RegisterType.Mod10K48 or RegisterType.Mod10K64:
                return TryDigits(number, 10_000, 16, width / 16, out bits);
            case RegisterType.Int8High or RegisterType.Int8Low or RegisterType.Int16 or RegisterType.Int32 or RegisterType.Int64:
                bits = (ulong)number & Mask(width);
                return width == 64 || (number >= -(1L << width - 1) && number < 1L << width - 1);
            default:
                bits = (ulong)number;
                return number >= 0 && (width == 64 || bits >> width == 0);
        }
    }

    private static bool TryDigits(long number, int radix, int bitsEach, int count, out ulong bits)
    {
        bits = 0;
        for (var i = 0; i < count; i++, number /= radix) bits |= ((ulong)(number % radix) & Mask(bitsEach)) << bitsEach * i;
        return number == 0;
    }

    private static ulong Mask(int width) => width == 64 ? ulong.MaxValue : (1UL << width) - 1;
}
