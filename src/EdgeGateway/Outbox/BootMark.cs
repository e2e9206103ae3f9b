namespace EdgeGateway.Outbox;

/// <summary>Which boot is writing, and whether it has said that it stops.</summary>
internal sealed record BootMark(string Boot, bool Stopped, long StartedMs, string ConfigHash);
