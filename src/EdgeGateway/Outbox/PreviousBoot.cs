namespace EdgeGateway.Outbox;

/// <summary>The boot before this one, as the store remembers it.</summary>
/// <param name="Boot">Its id; empty if there was none in this epoch.</param>
/// <param name="WasStopped">True after an orderly stop.</param>
/// <param name="LastReadingMs">Time of its newest sealed reading (or its start), Unix ms.</param>
/// <param name="ConfigHash">Its configuration.</param>
/// <param name="EpochBefore">The epoch of the store before this one; null if there was none. Only in the first boot of an epoch.</param>
internal sealed record PreviousBoot(string Boot, bool WasStopped, long LastReadingMs, string ConfigHash, long? EpochBefore);
