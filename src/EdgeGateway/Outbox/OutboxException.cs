namespace EdgeGateway.Outbox;

/// <summary>The store cannot be used; the message names the folder and what to do.</summary>
internal sealed class OutboxException : Exception
{
    public OutboxException(string message) : base(message)
    {
    }

    public OutboxException(string message, Exception innerException) : base(message, innerException)
    {
    }

    public static OutboxException CannotOpen(string folder, Exception cause) => cause switch
    {
        IOException when FileInTheWay(folder) is { } file => new($"state folder {folder}: {file} is a file, not a folder; choose another folder with --state", cause),
        UnauthorizedAccessException => new($"state folder {folder}: {cause.Message} Give the service's user the right to write there, or choose another folder with --state", cause),
        IOException when IsInUse(cause) => new($"state folder {folder} is in use by another gateway process: stop that one first, or choose another folder with --state", cause),
        _ => new($"state folder {folder}: {cause.Message} Free space, mend the disk, or choose another folder with --state, then start again", cause),
    };

    private static string? FileInTheWay(string folder)
    {
        for (var at = folder; !string.IsNullOrEmpty(at); at = Path.GetDirectoryName(at))
            if (File.Exists(at)) return at;
        return null;
    }

    // Linux: EWOULDBLOCK of flock, reported by .NET as a sharing violation; Windows: ERROR_SHARING_VIOLATION.
    private static bool IsInUse(Exception cause) =>
        cause.HResult is 11 or unchecked((int)0x80070020) || cause.Message.Contains("being used by another process", StringComparison.Ordinal);
}
