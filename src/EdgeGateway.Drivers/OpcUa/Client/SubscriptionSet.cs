using EdgeGateway.Drivers.OpcUa.Encoding.Services;

namespace EdgeGateway.Drivers.OpcUa.Client;

/// <summary>
/// All subscriptions at one server, in whatever session they live: brings them over into the next one, asks for what was missed, makes anew what is gone.
/// Everything runs in turn (<see cref="InTurnAsync"/>); so the sink is called by one thread at a time.
/// </summary>
internal sealed class SubscriptionSet(IReadOnlyList<SubscriptionPlan> plans, ISubscriptionSink sink, TimeProvider time) : IDisposable
{
    private const int MostRepublished = 10_000;
    private static readonly TimeSpan HolePatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(250);

    private readonly LiveSubscription[] _all = [.. plans.Select((plan, place) => new LiveSubscription(place, plan, sink, time))];
    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile ServerState? _server;
    private int _generation;

    public AcknowledgementList Acknowledgements { get; } = new();

    public int Count => _all.Length;

    /// <summary>What is known of the server of the last session; null before the first.</summary>
    public ServerState? Server => _server;

    /// <summary>The longest time within which the server says something of each.</summary>
    public TimeSpan LongestKeepAlive => _all.Max(each => each.KeepAlive);

    /// <summary>Some are not at the server and must be made.</summary>
    public bool IsIncomplete => _all.Any(each => each.IsDue);

    /// <summary>At least one is at the server.</summary>
    public bool HasAny => _all.Any(each => each.Id != 0);

    /// <summary>Goes up whenever one is made: what a request finds out about an older generation says nothing of this one.</summary>
    public int Generation => Volatile.Read(ref _generation);

    public void Dispose() => _turn.Dispose();

    /// <summary>Lets one at a time use the subscriptions and the sink.</summary>
    public async Task InTurnAsync(Func<Task> act, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await act().ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The same, but not at all while somebody else has his turn: a sink that does not return must not hold up who watches the link.</summary>
    public async Task InTurnIfFreeAsync(Action act, CancellationToken cancellationToken)
    {
        if (!await _turn.WaitAsync(TimeSpan.Zero, cancellationToken).ConfigureAwait(false)) return;
        try
        {
            act();
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Brings the subscriptions into a new session; what cannot be is forgotten, and its loss is said with the next value. May be repeated for the same session.</summary>
    /// <exception cref="OpcUaException">The link broke or the session is gone before everything was done.</exception>
    public async Task EnterAsync(Session session, CancellationToken cancellationToken)
    {
        Acknowledgements.Take();
        var server = await ServerState.AskAsync(session, cancellationToken).ConfigureAwait(false);
        if (_server is not null) server = server with { NamespacesAtFirst = _server.NamespacesAtFirst };
        foreach (var subscription in _all) subscription.EnterSession();
        if (_server is { } before)
        {
            if (server.WhyAnotherThan(before) is { } why) ForgetAll(why);
            else await TransferAsync(session, cancellationToken).ConfigureAwait(false);
        }
        _server = server;
    }

    /// <summary>Asks for what was missed, and makes what is not there.</summary>
    public async Task ResumeAsync(Session session, CancellationToken cancellationToken)
    {
        foreach (var subscription in _all.Where(each => each.Id != 0)) await RepublishAsync(session, subscription, cancellationToken).ConfigureAwait(false);
        await CreateMissingAsync(session, cancellationToken).ConfigureAwait(false);
    }

    public async Task CreateMissingAsync(Session session, CancellationToken cancellationToken)
    {
        foreach (var subscription in _all.Where(each => each.IsDue))
        {
            await subscription.CreateAsync(session, Entered, cancellationToken).ConfigureAwait(false);
            Interlocked.Increment(ref _generation);
        }
    }

    /// <summary>Asks again for nodes that were refused.</summary>
    public async Task RetryRefusedAsync(Session session, CancellationToken cancellationToken)
    {
        foreach (var subscription in _all.Where(each => each.Id != 0 && each.Refused.Count > 0))
            await subscription.RetryAsync(session, Entered, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes what the server has published.</summary>
    public async Task TakeAsync(Session session, PublishResponse response, CancellationToken cancellationToken)
    {
        var subscription = _all.FirstOrDefault(each => each.Id == response.SubscriptionId && each.Id != 0);
        if (subscription is null)
        {
            // Made by a call whose answer never came, or abandoned: it would use up answers that the others wait for.
            await LiveSubscription.DeleteAsync(session, [response.SubscriptionId], cancellationToken).ConfigureAwait(false);
            return;
        }
        var message = response.Message;
        // There are servers that close the connection when a number is acknowledged that they do not keep.
        if (subscription.Take(message) && !message.IsKeepAlive && (response.AvailableNumbers.Length == 0 || response.AvailableNumbers.Contains(message.SequenceNumber)))
            Acknowledgements.Add(subscription.Id, message.SequenceNumber);
        if (message.StatusChange is { IsBad: true } || message.StatusChange == StatusCodes.GoodSubscriptionTransferred)
            subscription.Forget($"the server ended the subscription ({message.StatusChange})");
        else if (subscription.Order.HasHole) await CloseHoleAsync(session, subscription, cancellationToken).ConfigureAwait(false);
        if (subscription.Id != 0 && !subscription.Order.HasHole && !response.MoreNotifications) sink.Alive(subscription.Place, subscription.KeepAlive);
    }

    /// <summary>The server said that the session has no subscription when it was asked in <paramref name="generation"/>.</summary>
    public void TakeNoSubscription(int generation)
    {
        if (generation == Generation) ForgetAll("the server had no subscription of ours any more");
    }

    /// <summary>Gives up those that say nothing although the server was asked all the time; others may still speak.</summary>
    /// <param name="askedSince">By <see cref="TimeProvider.GetTimestamp"/>: since when the server has always had a request that it could answer.</param>
    /// <param name="grace">Beside three keep-alives.</param>
    public void AbandonSilent(long askedSince, TimeSpan grace)
    {
        foreach (var subscription in _all.Where(each => each.Id != 0))
        {
            var silence = time.GetElapsedTime(Math.Max(subscription.LastHeard, askedSince));
            if (silence > (subscription.KeepAlive * 3) + grace) subscription.Abandon($"the subscription said nothing for {silence.TotalSeconds:0} s, though the server was there");
        }
    }

    private ServerState Entered => _server ?? throw new InvalidOperationException("no session was entered");

    private void ForgetAll(string why)
    {
        foreach (var subscription in _all) subscription.Forget(why);
    }

    private async Task TransferAsync(Session session, CancellationToken cancellationToken)
    {
        LiveSubscription[] alive = [.. _all.Where(each => each.Id != 0)];
        if (alive.Length == 0) return;
        try
        {
            var request = new TransferSubscriptionsRequest([.. alive.Select(each => each.Id)], SendInitialValues: true);
            var results = (await session.CallAsync(request, cancellationToken).ConfigureAwait(false)).Results;
            for (var at = 0; at < alive.Length; at++)
            {
                // Nothing to do: it came over before, in a call whose answer was lost.
                var isHere = at < results.Length && (results[at].Status.IsGood || results[at].Status.Code == StatusCodes.BadNothingToDo);
                if (!isHere) alive[at].Forget($"the server did not hand the subscription over to the new session ({(at < results.Length ? results[at].Status : "no result")})");
            }
        }
        catch (OpcUaException e) when (session.HasRefused(e))
        {
            // Servers without this service refuse the whole call.
            foreach (var subscription in alive) subscription.Forget($"the server does not hand subscriptions over to a new session ({e.Status})");
        }
    }

    /// <summary>Asks for what was published while nobody listened, from the next number on until the server has no more.</summary>
    private async Task RepublishAsync(Session session, LiveSubscription subscription, CancellationToken cancellationToken)
    {
        for (var message = 0; message < MostRepublished; message++)
        {
            try
            {
                var expected = subscription.Order.Expected;
                var response = await session.CallAsync(new RepublishRequest(subscription.Id, expected), cancellationToken).ConfigureAwait(false);
                if (response.Message.SequenceNumber != expected || response.Message.IsKeepAlive) return; // not what was asked for
                subscription.TakeAgain(response.Message);
                Acknowledgements.Add(subscription.Id, expected);
            }
            catch (OpcUaException e) when (e.Status.Code == StatusCodes.BadSubscriptionIdInvalid)
            {
                subscription.Forget("the server ended the subscription while it could not be reached");
                return;
            }
            catch (OpcUaException e) when (session.HasRefused(e))
            {
                return; // nothing more was missed, or the server keeps nothing: what is missing shows by its number
            }
        }
    }

    private async Task CloseHoleAsync(Session session, LiveSubscription subscription, CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        while (subscription.Order.HasHole && subscription.Id != 0)
        {
            var expected = subscription.Order.Expected;
            await RepublishAsync(session, subscription, cancellationToken).ConfigureAwait(false);
            if (!subscription.Order.HasHole || subscription.Order.Expected != expected) continue;
            // The answers to two requests may have overtaken each other here: the other one gets its turn before the message counts as lost.
            if (time.GetElapsedTime(since) < HolePatience) await GiveTurnAsync().ConfigureAwait(false);
            else subscription.GiveUpExpected(StatusCodes.BadMessageNotAvailable);
        }
    }

    private async Task GiveTurnAsync()
    {
        _turn.Release();
        try
        {
            await Task.Delay(Glance, time, CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            await _turn.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }
}
