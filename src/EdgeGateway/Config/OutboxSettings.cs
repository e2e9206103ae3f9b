namespace EdgeGateway.Config;

/// <summary>How much is kept on disk, and how long.</summary>
internal sealed record OutboxSettings
{
    /// <summary>Delivered segments stay for this long of running time, for <c>resend</c>. Default 30 d, 1 h to 3650 d.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Whether a segment may leave only when the platform has signed that it has it: <c>broker.delivery</c>. Default no.</summary>
    public bool NeedsReceipts { get; init; }

    /// <summary>The most bytes of stored segments. Default 2 GiB, 4 MiB to 1 TiB. Oldest delivered segments leave first; if none is
    /// delivered, the oldest leave and a signed gap record says so.</summary>
    public long MaxBytes { get; init; } = 2L << 30;
}
