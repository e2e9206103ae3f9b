namespace EdgeGateway.Evidence;

/// <summary>The <c>alg</c> values of docs/wire.md §1, and what they have in common: 64 bytes r‖s.</summary>
internal static class SignatureAlgorithm
{
    /// <summary>ECDSA on P-256 with SHA-256.</summary>
    public const string Es256 = "ES256";

    /// <summary>SM2 on its recommended curve with SM3.</summary>
    public const string Sm2Sm3 = "SM2SM3";

    /// <summary>Bytes of a signature of either.</summary>
    public const int SignatureSize = 64;

    /// <summary>The most characters of a user id of SM2.</summary>
    public const int LongestUserId = 64;

    /// <summary>The user id that GM/T 0009 gives where nobody agreed on another.</summary>
    public const string DefaultUserId = "1234567812345678";

    /// <summary><c>[A-Za-z0-9_.@-]{1,64}</c></summary>
    public static bool IsUserId(string text)
    {
        if (text.Length is 0 or > LongestUserId) return false;
        foreach (var c in text)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '.' or '@' or '-')) return false;
        return true;
    }
}
