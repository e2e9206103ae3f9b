namespace EdgeGateway.Outbox;

/// <summary>
/// The journal lacks its newest part, or may: what was given away under which number is unknown, and going on would use sequence numbers twice.
/// </summary>
internal sealed class JournalLostException(string message) : Exception(message);
