namespace EdgeGateway.Config;

/// <summary>When a batch is sealed: at the first of the limits.</summary>
internal sealed record RecordingSettings
{
    /// <summary>The longest a reading waits in memory. Default 1 s, 100 ms to 60 s.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The most readings in a batch. Default 10,000, 1 to 100,000. (A sealed line is also at most 64 KiB.)</summary>
    public int MaxReadings { get; init; } = 10_000;
}
