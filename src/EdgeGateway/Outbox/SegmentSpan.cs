namespace EdgeGateway.Outbox;

/// <summary>One segment file.</summary>
/// <param name="Name">In the store's folder.</param>
/// <param name="First">The sequence number it begins with.</param>
/// <param name="Last">The newest sequence number in it.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="MadeAt">Seconds of running time when it was made.</param>
/// <param name="ClosedFor">Seconds of running time since the next file was begun; 0 for the newest.</param>
internal readonly record struct SegmentSpan(string Name, long First, long Last, long Bytes, long MadeAt, long ClosedFor);
