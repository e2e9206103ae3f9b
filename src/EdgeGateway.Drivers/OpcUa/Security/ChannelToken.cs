using EdgeGateway.Drivers.OpcUa.Encoding.Services;

namespace EdgeGateway.Drivers.OpcUa.Security;

/// <summary>What secures messages for a while. Its age is measured here, never by the server's clock.</summary>
/// <param name="ChannelId">The server's number of the channel.</param>
/// <param name="TokenId">The server's number of this token.</param>
/// <param name="ReceivedAt">By <see cref="TimeProvider.GetTimestamp"/>.</param>
/// <param name="Lifetime">How long the server takes it.</param>
/// <param name="Mode">Whether messages are signed and encrypted.</param>
/// <param name="Outgoing">Null without security.</param>
/// <param name="Incoming">Null without security.</param>
internal sealed record ChannelToken(
    uint ChannelId, uint TokenId, long ReceivedAt, TimeSpan Lifetime, MessageSecurityMode Mode, SymmetricKeys? Outgoing, SymmetricKeys? Incoming) : IDisposable
{
    /// <summary>When the next one is asked for (OPC 10000-4, 5.5.2.1).</summary>
    public TimeSpan RenewAfter => Lifetime * 0.75;

    /// <summary>How long messages under it are taken: what was under way when it ended may still come (OPC 10000-4, 5.5.2.1).</summary>
    public TimeSpan TakenFor => Lifetime * 1.25;

    public void Dispose()
    {
        Outgoing?.Dispose();
        Incoming?.Dispose();
    }
}
