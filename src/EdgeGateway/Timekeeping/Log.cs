using Microsoft.Extensions.Logging;

namespace EdgeGateway.Timekeeping;

/// <summary>Log messages of timekeeping, 700-799.</summary>
internal static partial class Log
{
    [LoggerMessage(700, LogLevel.Warning, "the wall clock stepped: {Forward} ms forward, {Back} ms back. Schedules are not affected; what is sealed already keeps its times, and the step is on record")]
    public static partial void Stepped(this ILogger log, long forward, long back);

    [LoggerMessage(701, LogLevel.Information, "the wall clock was kept by {Was}, and is by {Now}")]
    public static partial void SourceChanged(this ILogger log, string was, string now);

    [LoggerMessage(703, LogLevel.Warning, "the platform's receipts show the wall clock to be wrong by {By} ms (above zero: ahead): time quality I until they agree. Check the time service here and there")]
    public static partial void PlatformDisagrees(this ILogger log, long by);

    [LoggerMessage(702, LogLevel.Warning, "the wall clock shows {Now:u}, before this program was released ({Released:u}): readings go on with time quality U. Set the clock, or check its battery and the time service")]
    public static partial void Early(this ILogger log, DateTimeOffset now, DateTimeOffset released);
}
