using EdgeGateway.Drivers.OpcUa.Encoding;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;

namespace EdgeGateway.Drivers.OpcUa.Client;

/// <summary>One subscription as it stands at the server. Used by one task at a time.</summary>
/// <param name="place">Its place among the plans.</param>
/// <param name="plan">What it watches.</param>
/// <param name="sink">Where its values go.</param>
internal sealed class LiveSubscription(int place, SubscriptionPlan plan, ISubscriptionSink sink)
{
    private string? _lossToReport;

    /// <summary>The server's number; 0 while there is none.</summary>
    public uint Id { get; private set; }

    public SubscriptionPlan Plan => plan;

    /// <summary>The revised time within which the server says something.</summary>
    public TimeSpan KeepAlive { get; private set; } = plan.KeepAlive;

    public MessageOrder Order { get; private set; } = new();

    /// <summary>The newest time of a value that was delivered.</summary>
    public OpcUaTime NewestValue { get; private set; }

    /// <summary>Nodes that the server does not watch.</summary>
    public List<int> Refused { get; } = [];

    /// <summary>Values for nodes that nobody asked for.</summary>
    public int ForeignValues { get; private set; }

    /// <summary>The subscription is not there any more; what it had not delivered is lost.</summary>
    public void Forget(string why)
    {
        if (Id != 0) _lossToReport = why;
        Id = 0;
        Order = new MessageOrder();
    }

    /// <summary>Makes it at the server, with all its nodes.</summary>
    public async Task CreateAsync(Session session, ServerLimits limits, IReadOnlyList<string> namespaces, CancellationToken cancellationToken)
    {
        var request = new CreateSubscriptionRequest(plan.PublishingInterval.TotalMilliseconds, plan.LifetimeCount, plan.KeepAliveCount, SubscriptionPlan.MaxNotifications);
        var response = await session.CallAsync(request, cancellationToken).ConfigureAwait(false);
        Id = response.SubscriptionId;
        var revised = response.PublishingMilliseconds * response.KeepAliveCount;
        KeepAlive = revised is > 0 and < 3_600_000 ? TimeSpan.FromMilliseconds(revised) : plan.KeepAlive;
        Refused.Clear();
        try
        {
            await WatchAsync(session, limits, namespaces, [.. Enumerable.Range(0, plan.Nodes.Length)], cancellationToken).ConfigureAwait(false);
        }
        catch (OpcUaException)
        {
            Id = 0; // nobody knows which nodes it has: the next attempt makes another one
            throw;
        }
    }

    /// <summary>Asks again for the nodes that were refused.</summary>
    public async Task RetryAsync(Session session, ServerLimits limits, IReadOnlyList<string> namespaces, CancellationToken cancellationToken)
    {
        int[] again = [.. Refused];
        Refused.Clear();
        try
        {
            await WatchAsync(session, limits, namespaces, again, cancellationToken).ConfigureAwait(false);
        }
        catch (OpcUaException e)
        {
            Forget($"the server did not answer when refused nodes were asked for again ({e.Status})"); // nobody knows which nodes it has now
            throw;
        }
    }

    /// <summary>Hands on what is in order.</summary>
    public void Deliver()
    {
        while (Order.Take() is { } message)
        {
            var values = message.Values;
            if (values.Any(value => value.ClientHandle >= plan.Nodes.Length))
            {
                values = [.. values.Where(value => value.ClientHandle < plan.Nodes.Length)];
                ForeignValues += message.Values.Length - values.Length;
            }
            if (values.Length > 0) Deliver(message.PublishTime, values);
        }
    }

    private void Deliver(OpcUaTime publishTime, ItemValue[] values)
    {
        var newest = new OpcUaTime(values.Max(value => TimeOf(value.Value, publishTime).Ticks));
        if (_lossToReport is { } why)
        {
            sink.Lost(new Loss(place, NewestValue, newest, why));
            _lossToReport = null;
        }
        if (newest.Ticks > NewestValue.Ticks) NewestValue = newest;
        sink.Values(place, publishTime, values);
    }

    // By its source, because history is kept by the time of the source; servers leave times out.
    private static OpcUaTime TimeOf(DataValue value, OpcUaTime publishTime) => value.SourceTime.IsKnown ? value.SourceTime : value.ServerTime.IsKnown ? value.ServerTime : publishTime;

    /// <summary>The message that is due will not come.</summary>
    public void GiveUpExpected(StatusCode status)
    {
        _lossToReport ??= $"message {Order.Expected} did not arrive, and the server does not have it any more ({status})";
        Order.GiveUpExpected();
        Deliver();
    }

    private static bool IsFilterRefused(StatusCode status) => status.Code == StatusCodes.BadMonitoredItemFilterUnsupported
        || status.Code == StatusCodes.BadMonitoredItemFilterInvalid || status.Code == StatusCodes.BadFilterNotAllowed || status.Code == StatusCodes.BadDeadbandFilterInvalid;

    private async Task WatchAsync(Session session, ServerLimits limits, IReadOnlyList<string> namespaces, int[] nodes, CancellationToken cancellationToken)
    {
        var unfiltered = new List<int>();
        for (var from = 0; from < nodes.Length; from += limits.MonitoredItems)
        {
            int[] part = [.. nodes.Skip(from).Take(limits.MonitoredItems)];
            foreach (var (node, status) in await CreateItemsAsync(session, namespaces, part, isFiltered: true, cancellationToken).ConfigureAwait(false))
            {
                if (plan.Nodes[node].Filter is not null && IsFilterRefused(status)) unfiltered.Add(node);
                else Refuse(node, status);
                if (IsFilterRefused(status)) sink.Unfiltered(place, node, status);
            }
        }
        for (var from = 0; from < unfiltered.Count; from += limits.MonitoredItems)
        {
            int[] part = [.. unfiltered.Skip(from).Take(limits.MonitoredItems)];
            foreach (var (node, status) in await CreateItemsAsync(session, namespaces, part, isFiltered: false, cancellationToken).ConfigureAwait(false)) Refuse(node, status);
        }
    }

    private void Refuse(int node, StatusCode status)
    {
        Refused.Add(node);
        sink.Refused(place, node, status);
    }

    private async Task<List<(int Node, StatusCode Status)>> CreateItemsAsync(
        Session session, IReadOnlyList<string> namespaces, int[] nodes, bool isFiltered, CancellationToken cancellationToken)
    {
        var refused = new List<(int, StatusCode)>();
        var asked = new List<int>();
        var items = new List<MonitoredItemRequest>();
        foreach (var node in nodes)
        {
            var watched = plan.Nodes[node];
            var index = IndexOf(namespaces, watched.NamespaceUri);
            if (index < 0)
            {
                refused.Add((node, StatusCodes.BadNodeIdUnknown));
                continue;
            }
            asked.Add(node);
            var sampling = watched.Sampling?.TotalMilliseconds ?? -1;
            items.Add(new(new ReadValueId(watched.Identifier.In((ushort)index)), (uint)node, sampling, watched.QueueSize, isFiltered ? watched.Filter : null));
        }
        if (items.Count == 0) return refused;
        var results = (await session.CallAsync(new CreateMonitoredItemsRequest(Id, items), cancellationToken).ConfigureAwait(false)).Results;
        if (results.Length != asked.Count) throw new OpcUaException(StatusCodes.BadUnknownResponse, $"{results.Length} results for {asked.Count} nodes to watch");
        for (var at = 0; at < asked.Count; at++)
            if (!results[at].Status.IsGood) refused.Add((asked[at], results[at].Status));
        return refused;
    }

    private static int IndexOf(IReadOnlyList<string> namespaces, string uri)
    {
        for (var index = 0; index < namespaces.Count && index <= ushort.MaxValue; index++)
            if (namespaces[index] == uri) return index;
        return -1;
    }
}
