using Microsoft.Extensions.Logging;

namespace EdgeGateway.Recording;

/// <summary>Log messages of recording, 300-399.</summary>
internal static partial class Log
{
    [LoggerMessage(300, LogLevel.Information, "recording as boot {Boot}, epoch {Epoch}; the boot before: {How}")]
    public static partial void Started(this ILogger log, string boot, long epoch, string how);

    [LoggerMessage(301, LogLevel.Information, "recording has stopped; everything read is sealed and stored")]
    public static partial void Stopped(this ILogger log);

    [LoggerMessage(302, LogLevel.Error, "the store does not take segments: {Reason}. Nothing is lost yet: readings wait in memory, then lines wait. Free space or make the state folder writable")]
    public static partial void StoreFails(this ILogger log, string reason, Exception exception);

    [LoggerMessage(303, LogLevel.Information, "the store takes segments again")]
    public static partial void StoreWorksAgain(this ILogger log);

    [LoggerMessage(304, LogLevel.Warning, "the store is full of undelivered segments (or kept what the broker refused past its retention): {Stream} {Low} to {High} were dropped and named in a signed gap record. Raise outbox.max-size or mend the uplink")]
    public static partial void Evicted(this ILogger log, string stream, long low, long high);

    [LoggerMessage(305, LogLevel.Error, "stored segments no longer match their hash: {Stream} {Low} to {High} are named in a signed gap record and not published. Check the disk")]
    public static partial void Damaged(this ILogger log, string stream, long low, long high);

    [LoggerMessage(306, LogLevel.Error, "{News}")]
    public static partial void StoreNews(this ILogger log, string news);

    [LoggerMessage(307, LogLevel.Warning, "the program's files in {Folder} cannot be read ({Reason}): which program runs is not on record")]
    public static partial void ProgramUnreadable(this ILogger log, string folder, string reason);

    [LoggerMessage(308, LogLevel.Warning, "the state folder {Folder} was used last on {Place}: it was moved, copied or restored, which is on record. If the other one still runs, stop one of the two; after a restore begin a new epoch (docs/operations.md)")]
    public static partial void Moved(this ILogger log, string folder, string place);

    [LoggerMessage(310, LogLevel.Warning, "what earlier runs have sealed cannot be read again ({Reason}): no hourly seal will cover it")]
    public static partial void NotTakenUp(this ILogger log, string reason);

    [LoggerMessage(309, LogLevel.Warning, "{Folder}: whether the state folder was moved or copied cannot be told ({Reason})")]
    public static partial void PlaceUnknown(this ILogger log, string folder, string reason);
}
