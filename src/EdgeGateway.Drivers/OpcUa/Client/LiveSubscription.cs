using EdgeGateway.Drivers.OpcUa.Encoding;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;

namespace EdgeGateway.Drivers.OpcUa.Client;

/// <summary>One subscription as it stands at the server. Used by one task at a time.</summary>
/// <param name="place">Its place among the plans.</param>
/// <param name="plan">What it watches.</param>
/// <param name="sink">Where its values go.</param>
/// <param name="time">The clock.</param>
internal sealed class LiveSubscription(int place, SubscriptionPlan plan, ISubscriptionSink sink, TimeProvider time)
{
    /// <summary>A server that wants to be silent for longer, and for twice as long as it was asked, is not believed: a value would be held for good through all of it.</summary>
    private static readonly TimeSpan LongestKeepAlive = TimeSpan.FromSeconds(30);

    /// <summary>What the server has refused is asked for again then.</summary>
    public static readonly TimeSpan RetryRefusedAfter = TimeSpan.FromSeconds(30);

    private readonly HashSet<uint> _abandoned = []; // still there in this session, and of no use
    private readonly CallInParts _creations = new();
    private string? _lossToReport;
    private long? _refusedAt; // the server does not make it in this session

    /// <summary>The server's number; 0 while there is none.</summary>
    public uint Id { get; private set; }

    /// <summary>It is not at the server, and should be made.</summary>
    public bool IsDue => Id == 0 && (_refusedAt is not { } at || time.GetElapsedTime(at) > RetryRefusedAfter);

    /// <summary>The revised time within which the server says something.</summary>
    public TimeSpan KeepAlive { get; private set; } = plan.KeepAlive;

    public MessageOrder Order { get; private set; } = new();

    /// <summary>Its place among the plans.</summary>
    public int Place => place;

    /// <summary>The newest time of a value that was delivered.</summary>
    public OpcUaTime NewestValue { get; private set; }

    /// <summary>By <see cref="TimeProvider.GetTimestamp"/>: when it last said something, or was made.</summary>
    public long LastHeard { get; private set; }

    /// <summary>Nodes that the server does not watch.</summary>
    public List<int> Refused { get; } = [];

    /// <summary>Values for nodes that nobody asked for.</summary>
    public int ForeignValues { get; private set; }

    /// <summary>The subscription is not there any more; what it had not delivered is lost.</summary>
    /// <param name="why">For people; null for one that had brought nothing yet, so that nothing is lost beside what is known to be.</param>
    public void Forget(string? why)
    {
        if (Id != 0)
        {
            _lossToReport ??= why;
            sink.Outdated(place);
        }
        Id = 0;
        Order = new MessageOrder();
    }

    /// <summary>The subscription is of no use any more, though the server has it: it is deleted before another one is made.</summary>
    /// <param name="why">As in <see cref="Forget"/>.</param>
    public void Abandon(string? why)
    {
        if (Id != 0) _abandoned.Add(Id);
        Forget(why);
    }

    /// <summary>The session is another one: numbers of the one before must not be deleted, the server may have given them to others; and what that refused may be granted in this.</summary>
    public void EnterSession()
    {
        _abandoned.Clear();
        _refusedAt = null;
    }

    /// <summary>Makes it at the server, with all its nodes. A refusal is handed on, and the subscription is due again later: the others must not suffer for it.</summary>
    /// <exception cref="OpcUaException">The link broke or the session is gone.</exception>
    public async Task CreateAsync(Session session, ServerState server, CancellationToken cancellationToken)
    {
        try
        {
            await DeleteAbandonedAsync(session, cancellationToken).ConfigureAwait(false);
            await MakeAsync(session, server, cancellationToken).ConfigureAwait(false);
            _refusedAt = null;
        }
        catch (OpcUaException e) when (session.HasRefused(e))
        {
            _refusedAt = time.GetTimestamp();
            sink.Unmade(place, e.Status);
        }
    }

    /// <summary>Asks again for the nodes that were refused.</summary>
    /// <exception cref="OpcUaException">The link broke or the session is gone.</exception>
    public async Task RetryAsync(Session session, ServerState server, CancellationToken cancellationToken)
    {
        int[] again = [.. Refused];
        Refused.Clear();
        try
        {
            await WatchOrAbandonAsync(session, server, again, "the server was interrupted while it was asked again for nodes that it had refused", cancellationToken).ConfigureAwait(false);
        }
        catch (OpcUaException e) when (session.HasRefused(e))
        {
            // abandoned, and so due
        }
    }

    private async Task MakeAsync(Session session, ServerState server, CancellationToken cancellationToken)
    {
        var request = new CreateSubscriptionRequest(plan.PublishingInterval.TotalMilliseconds, plan.LifetimeCount, plan.KeepAliveCount, SubscriptionPlan.MaxNotifications);
        var response = await session.CallAsync(request, cancellationToken).ConfigureAwait(false);
        Id = response.SubscriptionId;
        LastHeard = time.GetTimestamp();
        var revised = response.PublishingMilliseconds * response.KeepAliveCount;
        var longest = Math.Max(LongestKeepAlive.TotalMilliseconds, 2 * plan.KeepAlive.TotalMilliseconds);
        KeepAlive = revised > 0 && revised <= longest ? TimeSpan.FromMilliseconds(revised) : plan.KeepAlive;
        Refused.Clear();
        await WatchOrAbandonAsync(session, server, [.. Enumerable.Range(0, plan.Nodes.Length)], whyLost: null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes a message that was asked for again, and hands on what is in order.</summary>
    public void TakeAgain(NotificationMessage message)
    {
        LastHeard = time.GetTimestamp();
        Order.OfferAgain(message);
        Deliver();
    }

    /// <summary>Takes a message and hands on what is in order.</summary>
    /// <returns>False if it was dropped: it must not be acknowledged.</returns>
    public bool Take(NotificationMessage message)
    {
        LastHeard = time.GetTimestamp();
        if (Order.IsJump(message))
        {
            if (!plan.HoldsValues) Jump(message);
            else
            {
                Abandon($"the server counts its messages anew: {message.SequenceNumber} came when {Order.Expected} was due");
                return false;
            }
        }
        var isNew = Order.Offer(message);
        Deliver();
        return isNew;
    }

    /// <summary>The message that is due will not come.</summary>
    public void GiveUpExpected(StatusCode status)
    {
        var why = $"message {Order.Expected} did not arrive, and the server does not have it any more ({status})";
        if (plan.HoldsValues)
        {
            Abandon(why);
            return;
        }
        _lossToReport ??= why;
        Order.GiveUpExpected();
        Deliver();
    }

    private void Jump(NotificationMessage message)
    {
        var why = $"the server counts its messages anew: {message.SequenceNumber} came when {Order.Expected} was due";
        while (Order.HasHole) // at most MaxHole: what came after the hole is there
        {
            _lossToReport ??= why;
            Order.GiveUpExpected();
            Deliver();
        }
        _lossToReport ??= why;
        Order.StartAt(message);
    }

    private void Deliver()
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

    private static bool IsFilterRefused(StatusCode status) => status.Code == StatusCodes.BadMonitoredItemFilterUnsupported
        || status.Code == StatusCodes.BadMonitoredItemFilterInvalid || status.Code == StatusCodes.BadFilterNotAllowed || status.Code == StatusCodes.BadDeadbandFilterInvalid;

    private async Task DeleteAbandonedAsync(Session session, CancellationToken cancellationToken)
    {
        if (_abandoned.Count == 0) return;
        await DeleteAsync(session, [.. _abandoned], cancellationToken).ConfigureAwait(false);
        _abandoned.Clear();
    }

    /// <summary>Deletes subscriptions of this session; ones that the server does not have are deleted already.</summary>
    public static async Task DeleteAsync(Session session, IReadOnlyCollection<uint> ids, CancellationToken cancellationToken)
    {
        try
        {
            await session.CallAsync(new DeleteSubscriptionsRequest(ids), cancellationToken).ConfigureAwait(false);
        }
        catch (OpcUaException e) when (session.HasRefused(e))
        {
            // The server does not delete: it ends them when nobody asks for them any more.
        }
    }

    // Whatever interrupts this, nobody knows then which nodes the server watches.
    private async Task WatchOrAbandonAsync(Session session, ServerState server, int[] nodes, string? whyLost, CancellationToken cancellationToken)
    {
        var isDone = false;
        try
        {
            await WatchAsync(session, server, nodes, cancellationToken).ConfigureAwait(false);
            isDone = true;
        }
        finally
        {
            if (!isDone) Abandon(whyLost);
        }
    }

    private async Task WatchAsync(Session session, ServerState server, int[] nodes, CancellationToken cancellationToken)
    {
        var unfiltered = new List<int>();
        foreach (var (node, status) in await CreateItemsAsync(session, server, nodes, isFiltered: true, cancellationToken).ConfigureAwait(false))
        {
            if (plan.Nodes[node].Filter is null || !IsFilterRefused(status))
            {
                Refuse(node, status);
                continue;
            }
            unfiltered.Add(node);
            sink.Unfiltered(place, node, status);
        }
        foreach (var (node, status) in await CreateItemsAsync(session, server, unfiltered, isFiltered: false, cancellationToken).ConfigureAwait(false)) Refuse(node, status);
    }

    private void Refuse(int node, StatusCode status)
    {
        Refused.Add(node);
        sink.Refused(place, node, status);
    }

    private async Task<List<(int Node, StatusCode Status)>> CreateItemsAsync(
        Session session, ServerState server, IReadOnlyList<int> nodes, bool isFiltered, CancellationToken cancellationToken)
    {
        var refused = new List<(int, StatusCode)>();
        var asked = new List<(int Node, NodeId Id)>(nodes.Count);
        var found = await FoundNode.FindAsync(session, server, [.. nodes.Select(node => plan.Nodes[node].Name)], cancellationToken).ConfigureAwait(false);
        for (var at = 0; at < nodes.Count; at++)
        {
            if (found[at].Status.IsGood) asked.Add((nodes[at], found[at].NodeId));
            else refused.Add((nodes[at], found[at].Status));
        }
        await _creations.RunAsync(
            session, server.Limits.MonitoredItems, asked,
            async (_, part) =>
            {
                var request = new CreateMonitoredItemsRequest(Id, [.. part.Select(each => Item(each.Node, each.Id, isFiltered))]);
                var results = (await session.CallAsync(request, cancellationToken).ConfigureAwait(false)).Results;
                if (results.Length != part.Count) throw new OpcUaException(StatusCodes.BadUnknownResponse, $"{results.Length} results for {part.Count} nodes to watch");
                for (var at = 0; at < part.Count; at++)
                    if (!results[at].Status.IsGood) refused.Add((part[at].Node, results[at].Status));
            },
            (at, status) => refused.Add((asked[at].Node, status))).ConfigureAwait(false);
        return refused;
    }

    private MonitoredItemRequest Item(int node, NodeId nodeId, bool isFiltered)
    {
        var watched = plan.Nodes[node];
        return new(new ReadValueId(nodeId), (uint)node, watched.Sampling?.TotalMilliseconds ?? -1, watched.QueueSize, isFiltered ? watched.Filter : null);
    }
}
