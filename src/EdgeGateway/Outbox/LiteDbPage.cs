namespace EdgeGateway.Outbox;

/// <summary>The two facts about LiteDB 5's page format that the commit barrier rests on; a test holds them against the library's own constants.</summary>
internal static class LiteDbPage
{
    /// <summary>Bytes of a page.</summary>
    public const int Size = 8192;

    /// <summary>Where a log page says that its transaction is complete.</summary>
    public const int ConfirmedOffset = 18;

    /// <summary>True for the last page of a commit.</summary>
    public static bool IsConfirmed(ReadOnlySpan<byte> page) => page.Length == Size && page[ConfirmedOffset] != 0;
}
