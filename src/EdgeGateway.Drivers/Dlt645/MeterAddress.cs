using System.Globalization;

namespace EdgeGateway.Drivers.Dlt645;

/// <summary>
/// The address of a meter: twelve digits, two in a byte. Leading bytes may be AA: such a question reaches every meter whose other digits fit, and the answer
/// carries the meter's own address.
/// </summary>
/// <param name="Digits">The twelve digits, four bits each; A where any digit will do.</param>
internal readonly record struct MeterAddress(ulong Digits)
{
    /// <summary>Bytes on the wire, lowest digits first.</summary>
    public const int Bytes = 6;

    private const byte Any = 0xAA;
    private const ulong Everybody = 0x9999_9999_9999;

    /// <summary>What an address may be, for messages.</summary>
    public const string Rule = "12 digits as on the meter's plate; unknown leading digits as AA, in pairs; AAAAAAAAAAAA for the only meter of a line";

    /// <summary>The address that any meter answers to.</summary>
    public static MeterAddress Wildcard { get; } = new(0xAAAA_AAAA_AAAA);

    /// <summary>Reads twelve digits; false for anything that no meter answers to.</summary>
    public static bool TryParse(string text, out MeterAddress address)
    {
        address = default;
        if (text.Length != 2 * Bytes || !ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var digits)) return false;
        var isKnown = false;
        for (var at = Bytes - 1; at >= 0; at--)
        {
            var pair = (byte)(digits >> 8 * at);
            if (pair == Any && !isKnown) continue;
            isKnown = true;
            if (pair >> 4 > 9 || (pair & 15) > 9) return false;
        }
        address = new MeterAddress(digits);
        // Broadcasts are answered by nobody.
        return digits != Everybody;
    }

    /// <summary>The address in the first bytes of a frame's content.</summary>
    public static MeterAddress Read(ReadOnlySpan<byte> content)
    {
        var digits = 0ul;
        for (var at = Bytes - 1; at >= 0; at--) digits = digits << 8 | content[at];
        return new MeterAddress(digits);
    }

    /// <summary>How many bytes are unknown.</summary>
    public int UnknownBytes
    {
        get
        {
            var count = 0;
            while (count < Bytes && (byte)(Digits >> 8 * (Bytes - 1 - count)) == Any) count++;
            return count;
        }
    }

    /// <summary>The address with its lowest unknown byte known: two more digits.</summary>
    /// <param name="pair">0 to 99.</param>
    public MeterAddress With(int pair)
    {
        var at = Bytes - UnknownBytes;
        return new MeterAddress(Digits & ~(0xFFul << 8 * at) | (ulong)(pair / 10 * 16 + pair % 10) << 8 * at);
    }

    /// <summary>The twelve digits as a number; none of them may be unknown.</summary>
    public long ToNumber() => long.Parse(ToString(), NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>The address of twelve digits.</summary>
    public static MeterAddress OfNumber(long number) =>
        new(ulong.Parse(number.ToString("D12", CultureInfo.InvariantCulture), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));

    /// <summary>Puts the address in front of a frame's content.</summary>
    public void Write(Span<byte> content)
    {
        for (var at = 0; at < Bytes; at++) content[at] = (byte)(Digits >> 8 * at);
    }

    /// <summary>True if a meter with the address in front of <paramref name="content"/> was asked by this one.</summary>
    public bool Reaches(ReadOnlySpan<byte> content)
    {
        for (var at = 0; at < Bytes; at++)
        {
            var asked = (byte)(Digits >> 8 * at);
            if (asked != Any && asked != content[at]) return false;
        }
        return true;
    }

    /// <summary>The twelve digits.</summary>
    public override string ToString() => Digits.ToString("X12", CultureInfo.InvariantCulture);
}
