namespace EdgeGateway.Outbox;

/// <summary>The newest receipt of the platform for a stream that agreed with what is stored.</summary>
/// <param name="High">It covers everything up to this number.</param>
/// <param name="Line">The signed line itself, for whoever asks later.</param>
internal sealed record StreamReceipt(long High, byte[] Line);
