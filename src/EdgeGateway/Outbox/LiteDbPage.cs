namespace EdgeGateway.Outbox;

/// <summary>The two facts about LiteDB 5's page format that the commit barrier rests on; a test holds them against the library's own constants.</summary>
internal static class LiteDbPage
{
    /// <summary>Bytes of a page.</summary>
    public const int Size = 8192;

    /// <summary>Where a log page says that its transaction is complete.</summary>
    public const int ConfirmedOffset = 18;

    /// <summary>Where the first page of a data file says that it is one.</summary>
    public const int MagicOffset = 32;

    /// <summary>What stands there.</summary>
    public static ReadOnlySpan<byte> Magic => "** This is a LiteDB file **"u8;

    /// <summary>True if these are the first bytes of a LiteDB 5 data file.</summary>
    public static bool IsHeader(ReadOnlySpan<byte> page) => page.Length >= MagicOffset + Magic.Length && page[MagicOffset..].StartsWith(Magic);

    /// <summary>True for the last page of a commit.</summary>
    public static bool IsConfirmed(ReadOnlySpan<byte> page) => page.Length == Size && page[ConfirmedOffset] != 0;
}
