using System.Collections.Concurrent;
using EdgeGateway.Drivers.OpcUa;
using EdgeGateway.Drivers.OpcUa.Client;
using EdgeGateway.Drivers.OpcUa.Encoding;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;

namespace EdgeGateway.Drivers.Tests.OpcUa;

/// <summary>Keeps what subscriptions bring.</summary>
internal sealed class RecordingSubscriptions : ISubscriptionSink
{
    public ConcurrentQueue<(uint Node, double Value)> All { get; } = new();

    public ConcurrentQueue<Loss> Losses { get; } = new();

    public ConcurrentQueue<(int Node, StatusCode Status)> RefusedNodes { get; } = new();

    public ConcurrentQueue<(int Subscription, StatusCode Status)> Unmade { get; } = new();

    public ConcurrentQueue<bool> Ups { get; } = new();

    public ConcurrentQueue<OpcUaException> Downs { get; } = new();

    /// <summary>All values with the place of their subscription.</summary>
    public ConcurrentQueue<(int Subscription, double Value)> BySubscription { get; } = new();

    public double[] Of(uint node) => [.. All.Where(each => each.Node == node).Select(each => each.Value)];

    public void Values(int subscription, OpcUaTime publishTime, ReadOnlySpan<ItemValue> values)
    {
        foreach (var value in values)
        {
            All.Enqueue((value.ClientHandle, value.Value.Value.AsDouble));
            BySubscription.Enqueue((subscription, value.Value.Value.AsDouble));
        }
    }

    public void Refused(int subscription, int node, StatusCode status) => RefusedNodes.Enqueue((node, status));

    public void Unfiltered(int subscription, int node, StatusCode status)
    {
    }

    void ISubscriptionSink.Unmade(int subscription, StatusCode status) => Unmade.Enqueue((subscription, status));

    public void Lost(Loss loss) => Losses.Enqueue(loss);

    public void Up(bool isSameSession) => Ups.Enqueue(isSameSession);

    public void Down(OpcUaException reason) => Downs.Enqueue(reason);

    public override string ToString() => $"{All.Count} values, ups {string.Join(',', Ups)}, downs {string.Join(" | ", Downs.Take(5).Select(down => down.ToString()))}, refused {string.Join(',', RefusedNodes.Take(5))}, losses {string.Join(" | ", Losses)}";
}
