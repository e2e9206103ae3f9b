namespace EdgeGateway.Outbox;

/// <summary>How much is in the store.</summary>
/// <param name="Undelivered">Segments that wait for delivery.</param>
/// <param name="OldestUndeliveredMs">Time of the oldest of them, Unix ms; null if none waits.</param>
/// <param name="Bytes">Bytes of all stored segments.</param>
/// <param name="Quarantined">Segments the broker refused for good.</param>
/// <param name="Damaged">Segments that no longer matched their hash.</param>
internal readonly record struct OutboxDepth(long Undelivered, long? OldestUndeliveredMs, long Bytes, int Quarantined, long Damaged)
{
    /// <summary>Segments among the undelivered that wait for their signatures, or for those of segments before them.</summary>
    public long Unsigned { get; init; }
}
