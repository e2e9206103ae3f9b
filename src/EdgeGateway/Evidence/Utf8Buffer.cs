using System.Buffers.Text;
using System.Globalization;
using System.Text.Encodings.Web;

namespace EdgeGateway.Evidence;

/// <summary>A growing byte buffer that writes the JSON of payloads: reused from payload to payload, no allocation once it has grown.</summary>
internal sealed class Utf8Buffer(int capacity)
{
    private readonly char[] _scratch = new char[512];
    private byte[] _bytes = new byte[capacity];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    /// <summary>Forgets everything after the first <paramref name="length"/> bytes.</summary>
    public void CutTo(int length) => Length = Math.Min(length, Length);

    public Utf8Buffer Raw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        Length += bytes.Length;
        return this;
    }

    public Utf8Buffer Number(long number)
    {
        Utf8Formatter.TryFormat(number, Room(20), out var written);
        Length += written;
        return this;
    }

    /// <summary>A JSON string; everything outside printable text is escaped. A lone surrogate, which UTF-8 cannot say, becomes U+FFFD.</summary>
    public Utf8Buffer Quoted(string text)
    {
        Raw("\""u8);
        ReadOnlySpan<char> rest = text;
        while (!rest.IsEmpty)
        {
            JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(rest, _scratch, out var consumed, out var encoded);
            var room = Room(encoded * 3);
            Length += System.Text.Encoding.UTF8.GetBytes(_scratch.AsSpan(0, encoded), room);
            rest = rest[consumed..];
        }
        return Raw("\""u8);
    }

    /// <summary>A finite number, as the shortest text that reads back to the same bits.</summary>
    public Utf8Buffer Float<T>(T number) where T : IUtf8SpanFormattable, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        number.TryFormat(Room(40), out var written, "R", CultureInfo.InvariantCulture);
        Length += written;
        return this;
    }

    /// <summary>Mantissa · 10^exponent with every digit: 1230 · 10^-2 is 12.30.</summary>
    public Utf8Buffer Decimal(long mantissa, int exponent)
    {
        if (exponent >= 0)
        {
            Number(mantissa);
            for (var i = 0; mantissa != 0 && i < exponent; i++) Raw("0"u8);
            return this;
        }
        Span<byte> digits = stackalloc byte[20];
        if (mantissa < 0) Raw("-"u8);
        Utf8Formatter.TryFormat(mantissa < 0 ? 0UL - (ulong)mantissa : (ulong)mantissa, digits, out var count);
        var whole = count + exponent;
        if (whole > 0) return Raw(digits[..whole]).Raw("."u8).Raw(digits[whole..count]);
        Raw("0."u8);
        for (; whole < 0; whole++) Raw("0"u8);
        return Raw(digits[..count]);
    }

    private Span<byte> Room(int bytes)
    {
        if (_bytes.Length - Length < bytes) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + bytes));
        return _bytes.AsSpan(Length);
    }
}
