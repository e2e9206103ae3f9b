using System.Collections.Immutable;
using EdgeGateway.Drivers.OpcUa.Client;
using EdgeGateway.Drivers.OpcUa.Encoding;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;

namespace EdgeGateway.Drivers.OpcUa.Polling;

/// <summary>Where the values of a group's points are found among those that subscriptions bring.</summary>
/// <param name="Subscription">The place of its plan.</param>
/// <param name="Nodes">The place of each point's node in that plan.</param>
internal sealed record HeldGroup(int Subscription, ImmutableArray<int> Nodes);

/// <summary>
/// The groups of a line as subscriptions: one for all groups of one period, more where that would be more nodes than one may have. The first watches the state of the server
/// and nothing else, so that a line whose groups are all read in cycles has its sign of life too.
/// </summary>
internal sealed class LinePlan
{
    /// <summary>The subscription to the server's own state.</summary>
    public const int OfServer = 0;

    private const int MaxNodes = 10_000;
    private static readonly NodeId ServerStateNode = new(2259);
    private static readonly TimeSpan QuickestPublishing = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan SlowestPublishing = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ShortestKeepAlive = TimeSpan.FromSeconds(1);

    private readonly Dictionary<PollGroup, HeldGroup> _groups = new(ReferenceEqualityComparer.Instance);

    private LinePlan(ImmutableArray<SubscriptionPlan> subscriptions) => Subscriptions = subscriptions;

    public ImmutableArray<SubscriptionPlan> Subscriptions { get; private set; }

    public static LinePlan Of(IEnumerable<PollGroup> groups)
    {
        var state = new WatchedNode("http://opcfoundation.org/UA/", ServerStateNode, null, 1);
        var plan = new LinePlan([new SubscriptionPlan(TimeSpan.FromSeconds(1), [state]) { HoldsValues = true }]);
        foreach (var period in groups.Where(group => group.Device is OpcUaDevice { IsRead: false }).GroupBy(group => group.Period)) plan.Add(period.Key, period);
        return plan;
    }

    /// <summary>What a subscription is for, for people.</summary>
    public string NameOf(int subscription)
    {
        if (subscription == OfServer) return "the server's own state";
        string[] groups = [.. _groups.Where(each => each.Value.Subscription == subscription).Select(each => each.Key.Id).Order(StringComparer.Ordinal)];
        return groups.Length == 1 ? $"group {groups[0]}" : $"the groups {string.Join(", ", groups.Take(5))}{(groups.Length > 5 ? " …" : "")}";
    }

    /// <summary>Where a group's values are; null for one that is read in cycles.</summary>
    public HeldGroup? Find(PollGroup group) => _groups.GetValueOrDefault(group);

    private void Add(TimeSpan period, IEnumerable<PollGroup> groups)
    {
        var places = new Dictionary<WatchedNode, int>();
        var taken = new List<(PollGroup Group, ImmutableArray<int> Nodes)>();
        foreach (var group in groups)
        {
            if (places.Count + group.Points.Length > MaxNodes) Close();
            taken.Add((group, [.. group.Points.Select(point => Place(((OpcUaPoint)point).Watched))]));
        }
        Close();

        int Place(WatchedNode node)
        {
            if (!places.TryGetValue(node, out var place)) places.Add(node, place = places.Count);
            return place;
        }

        void Close()
        {
            foreach (var (group, nodes) in taken) _groups.Add(group, new HeldGroup(Subscriptions.Length, nodes));
            if (places.Count > 0) Subscriptions = Subscriptions.Add(PlanOf(period, [.. places.OrderBy(each => each.Value).Select(each => each.Key)]));
            places.Clear();
            taken.Clear();
        }
    }

    // Twice in a period, so that a slot's value is at most half a period older than the slot; a sign of life for each slot, or every 5 s.
    private static SubscriptionPlan PlanOf(TimeSpan period, ImmutableArray<WatchedNode> nodes) => new(Within(period / 2, QuickestPublishing, SlowestPublishing), nodes)
    {
        KeepAlive = Within(period, ShortestKeepAlive, SlowestPublishing),
        HoldsValues = true,
    };

    private static TimeSpan Within(TimeSpan time, TimeSpan least, TimeSpan most) => time < least ? least : time > most ? most : time;
}
