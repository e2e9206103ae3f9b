using System.Globalization;

namespace EdgeGateway.Drivers.Dlt645;

/// <summary>
/// What the bytes of a value mean, in the notation of the standard: <c>XXXXXX.XX</c> a decimal number, <c>NNNN</c> digits that are no number, <c>HHHH</c> bits,
/// <c>YYMMDDhhmm</c> a time. Two characters are one byte; bytes come lowest first. Pure and immutable.
/// </summary>
internal sealed class ItemFormat
{
    /// <summary>A number of this many bytes always fits an exact decimal.</summary>
    private const int MaxNumberBytes = 9;

    private const int MaxBitsBytes = 7;
    private const int MaxTextBytes = 64;

    /// <summary>What stands in a format, for messages.</summary>
    public const string Rule = "X with or without a point for digits of a number (XXX.X), H for bits, N for digits of a text, YY MM DD WW hh mm ss for times; two characters to a byte";

    private readonly string _pairs;
    private readonly sbyte _exponent;

    private ItemFormat(string text, string pairs, ItemKind kind, bool isSigned, int decimals)
    {
        Text = text;
        _pairs = pairs;
        Kind = kind;
        IsSigned = isSigned;
        _exponent = (sbyte)-decimals;
    }

    /// <summary>As written.</summary>
    public string Text { get; }

    /// <summary>What comes of it.</summary>
    public ItemKind Kind { get; }

    /// <summary>True if the highest bit is the sign.</summary>
    public bool IsSigned { get; }

    /// <summary>Bytes on the wire.</summary>
    public int Bytes => _pairs.Length / 2;

    /// <summary>Reads a format; null if it is none, or a sign is asked of what has none.</summary>
    public static ItemFormat? Parse(string text, bool isSigned)
    {
        var point = text.IndexOf('.', StringComparison.Ordinal);
        var pairs = point < 0 ? text : text.Remove(point, 1);
        if (pairs.Length == 0 || pairs.Length % 2 != 0) return null;
        var bytes = pairs.Length / 2;
        if (pairs.All(c => c == 'X'))
            return bytes <= MaxNumberBytes && point != 0 && point != text.Length - 1 ? new ItemFormat(text, pairs, ItemKind.Number, isSigned, point < 0 ? 0 : pairs.Length - point) : null;
        if (isSigned || point >= 0) return null;
        if (pairs.All(c => c == 'H')) return bytes <= MaxBitsBytes ? new ItemFormat(text, pairs, ItemKind.Bits, false, 0) : null;
        if (bytes > MaxTextBytes) return null;
        if (pairs.All(c => c == 'N')) return new ItemFormat(text, pairs, ItemKind.Digits, false, 0);
        for (var at = 0; at < pairs.Length; at += 2)
            if (pairs.Substring(at, 2) is not ("YY" or "MM" or "DD" or "WW" or "hh" or "mm" or "ss")) return null;
        return new ItemFormat(text, pairs, ItemKind.Time, false, 0);
    }

    /// <summary>A number or bits out of exactly <see cref="Bytes"/>.</summary>
    public Sample Number(ReadOnlySpan<byte> bytes)
    {
        var mantissa = 0L;
        if (Kind == ItemKind.Bits)
        {
            for (var at = bytes.Length - 1; at >= 0; at--) mantissa = mantissa << 8 | bytes[at];
            return new Sample(SampleValue.OfExact(mantissa), Quality.Good);
        }
        var highest = bytes.Length - 1;
        for (var at = highest; at >= 0; at--)
        {
            var pair = at == highest && IsSigned ? bytes[at] & 0x7F : bytes[at];
            if (pair >> 4 > 9 || (pair & 15) > 9) return Sample.None(Quality.NotANumber);
            mantissa = mantissa * 100 + (pair >> 4) * 10 + (pair & 15);
        }
        var isNegative = IsSigned && (bytes[highest] & 0x80) != 0;
        return new Sample(SampleValue.OfExact(isNegative ? -mantissa : mantissa, _exponent), Quality.Good);
    }

    /// <summary>Digits or a time out of exactly <see cref="Bytes"/>: <c>26-11-23 11:05</c>, as the meter shows it, without a century nobody sent.</summary>
    public Sample Words(ReadOnlySpan<byte> bytes)
    {
        foreach (var pair in bytes)
            if (pair >> 4 > 9 || (pair & 15) > 9) return Sample.None(Quality.NotANumber);
        Span<char> text = stackalloc char[3 * MaxTextBytes];
        var length = 0;
        for (var at = 0; at < bytes.Length; at++)
        {
            if (Kind == ItemKind.Time && at > 0) text[length++] = Between(at);
            var pair = bytes[bytes.Length - 1 - at];
            text[length++] = (char)('0' + (pair >> 4));
            text[length++] = (char)('0' + (pair & 15));
        }
        return new Sample(SampleValue.OfText(text[..length].ToString()), Quality.Good);
    }

    private char Between(int pair) => (char.IsAsciiLetterUpper(_pairs[2 * pair - 2]), char.IsAsciiLetterUpper(_pairs[2 * pair]), _pairs[2 * pair]) switch
    {
        (true, true, not 'W') => '-',
        (false, false, _) => ':',
        _ => ' ',
    };

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Text}{(IsSigned ? " with a sign" : "")}");
}
