using EdgeGateway.Config;

namespace EdgeGateway.Uplink;

/// <summary>What one connection has to know of the ones before it.</summary>
internal sealed class UplinkMemory(BrokerSettings broker, Resends resends, TimeProvider time)
{
    public RecentAcknowledgements Recent { get; } = new(broker.Overlap, time);

    public Resends Resends { get; } = resends;

    public Throttle Throttle { get; } = new(broker, time);

    public RepeatedRefusals Refusals { get; } = new();

    public Suspicion Suspicion { get; } = new();
}
