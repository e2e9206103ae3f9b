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

    [LoggerMessage(307, LogLevel.Error, "the signing key cannot be used: {Reason}. Acquisition goes on; {Waiting} segments are stored and wait for their signatures, and nothing unsigned is published")]
    public static partial void SigningFails(this ILogger log, string reason, long waiting);

    [LoggerMessage(308, LogLevel.Information, "the signing key works again; everything that waited has its signature")]
    public static partial void SigningWorksAgain(this ILogger log);

    [LoggerMessage(309, LogLevel.Warning, "signing key {KeyId}: its certificate {Notice}. Renew it (keys csr, keys accept) or make a new key (keys rotate)")]
    public static partial void KeyExpires(this ILogger log, string keyId, string notice);

    [LoggerMessage(310, LogLevel.Warning, "the signing key is replaced: {Old} signs no more, {New} does from here on. Receivers follow by the signed event; compare the fingerprint with keys show")]
    public static partial void KeyReplaced(this ILogger log, string old, string @new);

    [LoggerMessage(311, LogLevel.Error, "the key that is to replace the signing key cannot be used: {Reason}. The old one signs on")]
    public static partial void KeyNotReplaced(this ILogger log, string reason);

    [LoggerMessage(312, LogLevel.Error, "signatures cannot be stored: {Reason}. Tried again; nothing unsigned is published")]
    public static partial void SignaturesNotStored(this ILogger log, string reason, Exception exception);

    [LoggerMessage(313, LogLevel.Warning, "the private key that was replaced cannot be deleted: {Reason}. Delete the former-….key files by hand")]
    public static partial void FormerKeyStays(this ILogger log, string reason);

    [LoggerMessage(314, LogLevel.Error, "the new key signs, and its files cannot be moved to where they belong: {Reason}. Tried again; make the key folder writable")]
    public static partial void KeyFilesStay(this ILogger log, string reason);

    [LoggerMessage(306, LogLevel.Error, "{News}")]
    public static partial void StoreNews(this ILogger log, string news);
}
