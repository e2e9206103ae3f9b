using System.Text.Json;

namespace EdgeGateway.Evidence;

/// <summary>Reads members as docs/wire.md §2 types them: false if one is missing or is anything else.</summary>
internal static class JsonMembers
{
    public static bool TryText(this JsonElement of, ReadOnlySpan<byte> name, out string text)
    {
        text = "";
        if (!of.TryGetProperty(name, out var member) || member.ValueKind != JsonValueKind.String) return false;
        text = member.GetString()!;
        return true;
    }

    /// <summary>An integer without fraction and exponent that fits 64 bits and is at least <paramref name="least"/>.</summary>
    public static bool TryInteger(this JsonElement of, ReadOnlySpan<byte> name, long least, out long number)
    {
        number = 0;
        return of.TryGetProperty(name, out var member) && member.TryInteger(least, out number);
    }

    public static bool TryInteger(this JsonElement member, long least, out long number)
    {
        number = 0;
        return member.ValueKind == JsonValueKind.Number && member.TryGetInt64(out number) && number >= least;
    }

    public static bool TryArray(this JsonElement of, ReadOnlySpan<byte> name, out JsonElement array) =>
        of.TryGetProperty(name, out array) && array.ValueKind == JsonValueKind.Array;

    public static bool TryHash(this JsonElement of, ReadOnlySpan<byte> name, out ChainHash hash)
    {
        hash = default;
        if (!of.TryText(name, out var text) || text.Length != ChainHash.TextLength) return false;
        Span<byte> utf8 = stackalloc byte[ChainHash.TextLength * 3];
        return ChainHash.TryParse(utf8[..System.Text.Encoding.UTF8.GetBytes(text, utf8)], out hash);
    }

    /// <summary>16 lower-case hexadecimal digits.</summary>
    public static bool TryBoot(this JsonElement of, ReadOnlySpan<byte> name, out ulong boot)
    {
        boot = 0;
        if (!of.TryText(name, out var text) || text.Length != 16) return false;
        foreach (var c in text)
        {
            if (c is not ((>= '0' and <= '9') or (>= 'a' and <= 'f'))) return false;
            boot = (boot << 4) | (uint)(c <= '9' ? c - '0' : c - 'a' + 10);
        }
        return true;
    }

    /// <summary><c>[A-Za-z0-9_-]{1,48}</c></summary>
    public static bool TryName(this JsonElement of, ReadOnlySpan<byte> name, out string text) => of.TryText(name, out text) && IsName(text);

    public static bool IsName(string text)
    {
        if (text.Length is 0 or > 48) return false;
        foreach (var c in text)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-')) return false;
        return true;
    }

    /// <summary>A number that is not below zero, or null.</summary>
    public static bool IsNullOrNotNegative(this JsonElement member)
    {
        if (member.ValueKind == JsonValueKind.Null) return true;
        if (member.ValueKind != JsonValueKind.Number) return false;
        var text = member.GetRawText();
        if (text[0] != '-') return true;
        // -0 and -0.0 are zero.
        var mantissa = text.AsSpan();
        var exponent = mantissa.IndexOfAny('e', 'E');
        if (exponent >= 0) mantissa = mantissa[..exponent];
        return !mantissa.ContainsAnyInRange('1', '9');
    }
}
