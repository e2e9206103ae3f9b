using EdgeGateway.Config;

namespace EdgeGateway.Outbox;

/// <summary>The sizes of the store's files, as they follow from the settings: many files at any size, so that little leaves at once.</summary>
internal sealed record OutboxLimits
{
    /// <summary>Bytes of each of the two journal files.</summary>
    public required int JournalBytes { get; init; }

    /// <summary>Bytes after which a segment file is full.</summary>
    public required long FileBytes { get; init; }

    /// <summary>Seconds of running time after which a segment file is full.</summary>
    public required long FileSeconds { get; init; }

    /// <summary>Bytes of packed segments that are moved from the journal into segment files in one go.</summary>
    public required int SettleBytes { get; init; }

    /// <summary>Bytes of files that were set aside: as much again as the store may have. A store that is only looked into loses none.</summary>
    public required long SetAsideBytes { get; init; }

    public static OutboxLimits Of(OutboxSettings settings)
    {
        var journal = (int)Math.Clamp(settings.MaxBytes / 8, 512 * 1024, 4 * 1024 * 1024) / JournalFrame.Sector * JournalFrame.Sector;
        return new OutboxLimits
        {
            JournalBytes = journal,
            FileBytes = Math.Clamp(settings.MaxBytes / 16, 64 * 1024, 64 * 1024 * 1024),
            FileSeconds = Math.Max(1, (long)settings.Retention.TotalSeconds / 16),
            SettleBytes = journal / 8,
            SetAsideBytes = settings.MaxBytes > 0 ? settings.MaxBytes : long.MaxValue,
        };
    }
}
