using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace EdgeGateway.Drivers.Modbus;

/// <summary>What registers hold that is no number: characters, dates and times, and the registers themselves as evidence. Pure.</summary>
internal static class RegisterText
{
    private static readonly Encoding StrictGb18030 =
        CodePagesEncodingProvider.Instance.GetEncoding("GB18030", EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)
        ?? throw new NotSupportedException("the runtime has no GB18030 encoding");

    /// <summary>The text of a point, or why there is none.</summary>
    /// <param name="type">A type that is no number.</param>
    /// <param name="order"><see cref="WordOrder.ByteSwap"/> for exchanged bytes; word orders count for <see cref="RegisterType.UnixTime"/> only.</param>
    /// <param name="length">Characters (bytes) of a text; not used for the others.</param>
    /// <param name="registers">As they came over the wire.</param>
    public static Sample Read(RegisterType type, WordOrder order, int length, ReadOnlySpan<byte> registers)
    {
        if (type == RegisterType.Raw) return Good(Convert.ToHexString(registers));
        if (type == RegisterType.UnixTime)
        {
            var seconds = RegisterCodec.Bits(RegisterType.UInt32, order, registers);
            return Good(DateTimeOffset.FromUnixTimeSeconds((long)seconds).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        }
        Span<byte> laid = stackalloc byte[registers.Length];
        Lay(order, registers, laid);
        return type switch
        {
            RegisterType.Text => Characters(laid[..length]),
            RegisterType.AsciiText => Ascii(laid[..length]),
            RegisterType.GbkText => Gbk(laid[..length]),
            RegisterType.HighCharacters => Ascii(Every(laid, 0)),
            RegisterType.LowCharacters => Ascii(Every(laid, 1)),
            RegisterType.BcdTime => BcdTime(laid),
            RegisterType.SixWordTime => SixWordTime(laid),
            RegisterType.Iec870Time => Iec870Time(laid),
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, "not a text"),
        };
    }

    /// <summary>Lays the bytes of a text in reading order: two characters a register, the first in the high byte unless they are exchanged.</summary>
    public static void Lay(WordOrder order, ReadOnlySpan<byte> registers, Span<byte> text)
    {
        var exchange = (order & WordOrder.ByteSwap) != 0 ? 1 : 0;
        for (var i = 0; i < text.Length; i++) text[i] = registers[i ^ exchange];
    }

    /// <summary>Text up to the first NUL without trailing spaces; whatever is not UTF-8 or holds control characters is no text.</summary>
    public static Sample Characters(ReadOnlySpan<byte> text)
    {
        var trimmed = Trim(text);
        return Utf8.IsValid(trimmed) ? Printable(Encoding.UTF8.GetString(trimmed)) : Sample.None(Quality.NotANumber);
    }

    private static Sample Ascii(ReadOnlySpan<byte> text)
    {
        var trimmed = Trim(text);
        return System.Text.Ascii.IsValid(trimmed) ? Printable(Encoding.ASCII.GetString(trimmed)) : Sample.None(Quality.NotANumber);
    }

    private static Sample Gbk(ReadOnlySpan<byte> text)
    {
        try
        {
            return Printable(StrictGb18030.GetString(Trim(text)));
        }
        catch (DecoderFallbackException)
        {
            return Sample.None(Quality.NotANumber); // what the device sent is no GBK: that is data, and its quality says so
        }
    }

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text)
    {
        var nul = text.IndexOf((byte)0);
        return (nul < 0 ? text : text[..nul]).TrimEnd((byte)' ');
    }

    private static Sample Printable(string characters)
    {
        foreach (var c in characters)
            if (char.IsControl(c)) return Sample.None(Quality.NotANumber);
        return Good(characters);
    }

    /// <summary>Moves every second byte to the front and returns those.</summary>
    private static ReadOnlySpan<byte> Every(Span<byte> registers, int from)
    {
        var count = registers.Length / 2;
        for (var i = 0; i < count; i++) registers[i] = registers[2 * i + from];
        return registers[..count];
    }

    private static Sample BcdTime(ReadOnlySpan<byte> bcd)
    {
        Span<int> parts = stackalloc int[6];
        for (var i = 0; i < parts.Length; i++)
        {
            if ((bcd[i] & 0xF) > 9 || bcd[i] >> 4 > 9) return Sample.None(Quality.NotANumber);
            parts[i] = (bcd[i] >> 4) * 10 + (bcd[i] & 0xF);
        }
        return Time(2000 + parts[0], parts[1], parts[2], parts[3], parts[4], parts[5]);
    }

    private static Sample SixWordTime(ReadOnlySpan<byte> words)
    {
        var year = Word(words, 0);
        return Time(year < 100 ? 2000 + year : year, Word(words, 1), Word(words, 2), Word(words, 3), Word(words, 4), Word(words, 5));
    }

    private static Sample Iec870Time(ReadOnlySpan<byte> words)
    {
        const int Invalid = 0x80; // the device itself says that its clock is not set
        var milliseconds = Word(words, 3);
        if ((words[5] & Invalid) != 0 || milliseconds > 59_999) return Sample.None(Quality.NotANumber);
        return Time(2000 + (words[1] & 0x7F), words[2] & 0xF, words[3] & 0x1F, words[4] & 0x1F, words[5] & 0x3F, milliseconds / 1000, milliseconds % 1000);
    }

    private static int Word(ReadOnlySpan<byte> words, int index) => BinaryPrimitives.ReadUInt16BigEndian(words[(2 * index)..]);

    /// <summary>The device's own clock, without a zone, because it has none.</summary>
    private static Sample Time(int year, int month, int day, int hour, int minute, int second, int? millisecond = null)
    {
        var isTime = year is >= 1 and <= 9999 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month)
            && hour <= 23 && minute <= 59 && second <= 59;
        if (!isTime) return Sample.None(Quality.NotANumber);
        var text = string.Create(CultureInfo.InvariantCulture, $"{year:0000}-{month:00}-{day:00}T{hour:00}:{minute:00}:{second:00}");
        return Good(millisecond is { } ms ? string.Create(CultureInfo.InvariantCulture, $"{text}.{ms:000}") : text);
    }

    private static Sample Good(string text) => new(SampleValue.OfText(text), Quality.Good);
}
