using System.Collections.Immutable;

namespace EdgeGateway.Drivers.OpcUa.Client;

/// <summary>Nodes that are published together.</summary>
/// <param name="PublishingInterval">How often the server sends what has changed.</param>
/// <param name="Nodes">At most 10,000; a value names its node by the place here.</param>
internal sealed record SubscriptionPlan(TimeSpan PublishingInterval, ImmutableArray<WatchedNode> Nodes)
{
    /// <summary>Values in one message.</summary>
    public const uint MaxNotifications = 10_000;

    /// <summary>How long the server may be silent when nothing changes.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the server keeps the subscription, and what its queues hold, while nobody asks: the outage that is to be bridged.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// True if the newest value of each node is taken for its value until another one comes. Then a message that is lost for good may hold what a node is now: the
    /// subscription is made anew, and the server sends all values once more.
    /// </summary>
    public bool HoldsValues { get; init; }

    public uint KeepAliveCount => (uint)Math.Max(1, KeepAlive / PublishingInterval);

    /// <summary>At least three keep-alives (OPC 10000-4, 5.13.2.2).</summary>
    public uint LifetimeCount => (uint)Math.Max(3 * KeepAliveCount, Lifetime / PublishingInterval);
}
