namespace EdgeGateway.Precheck;

/// <summary>Periods of the wall clock in UTC+8, where minutes, hours and days of judgement begin, as Unix milliseconds.</summary>
internal static class ChinaTime
{
    public const long Minute = 60_000;
    public const long Hour = 60 * Minute;
    public const long Day = 24 * Hour;

    private const long Offset = 8 * Hour;

    /// <summary>Start of the period of a length (one of the constants here) that holds the instant.</summary>
    public static long StartOf(long unixMs, long length)
    {
        var local = unixMs + Offset;
        var rest = local % length;
        return unixMs - (rest < 0 ? rest + length : rest);
    }

    /// <summary>The instant as the clock on the wall shows it.</summary>
    public static DateTime Local(long unixMs) => DateTime.UnixEpoch.AddMilliseconds(unixMs + Offset);
}
