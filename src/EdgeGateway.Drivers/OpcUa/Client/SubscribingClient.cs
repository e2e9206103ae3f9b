using System.Net.Sockets;
using EdgeGateway.Drivers.OpcUa.Encoding;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;

namespace EdgeGateway.Drivers.OpcUa.Client;

/// <summary>
/// Keeps subscriptions alive at one server: over faults of the link in the same session, with what was missed asked for again; over the loss of the session
/// by taking the subscriptions over; over a restart of the server by making them anew. What could not be brought over is said (<see cref="Loss"/>), never hidden.
/// Only the server's own answer ends a session; a fault of the link does not, until the server must have given it up.
/// </summary>
internal sealed class SubscribingClient(ClientSettings settings, IReadOnlyList<SubscriptionPlan> plans, ISubscriptionSink sink, TimeProvider time) : IDisposable
{
    private const int MaxAcknowledgements = 1000;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ProbePatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RetryRefusedAfter = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan HolePatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(250);
    private static readonly NodeId ServerState = new(2259);

    private readonly LiveSubscription[] _subscriptions = [.. plans.Select((plan, place) => new LiveSubscription(place, plan, sink))];
    private readonly List<Acknowledgement> _acknowledgements = []; // its own lock
    private readonly SemaphoreSlim _ordering = new(1, 1); // who holds it may use subscriptions and sink

    private Session? _session;
    private string[] _namespaces = [];
    private ServerLimits _limits = ServerLimits.Cautious;
    private long _lastAlive;
    private volatile bool _mustRecreate;

    /// <summary>Runs until it is cancelled; then the session and its subscriptions are closed at the server.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        try
        {
            while (true)
            {
                OpcUaException reason;
                try
                {
                    var isSame = await ConnectAsync(cancellationToken).ConfigureAwait(false);
                    sink.Up(isSame);
                    pause = FirstPause;
                    reason = await LiveAsync(_session!, cancellationToken).ConfigureAwait(false); // connected: there is one
                }
                catch (OpcUaException e)
                {
                    reason = e;
                }
                catch (Exception e) when (e is SocketException or IOException)
                {
                    reason = new OpcUaException(StatusCodes.BadNotConnected, $"{settings.Url} cannot be reached: {e.Message}", e);
                }
                cancellationToken.ThrowIfCancellationRequested();
                sink.Down(reason);
                await ForgetDeadSessionAsync().ConfigureAwait(false);
                await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
                pause = pause * 2 > LongestPause ? LongestPause : pause * 2;
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // asked to stop
        }
        finally
        {
            if (_session is not null) await _session.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>After <see cref="RunAsync"/> has ended.</summary>
    public void Dispose() => _ordering.Dispose();

    /// <summary>True if the session of before goes on.</summary>
    private async Task<bool> ConnectAsync(CancellationToken cancellationToken)
    {
        if (_session is not null && await TryMoveAsync(_session, cancellationToken).ConfigureAwait(false))
        {
            foreach (var subscription in _subscriptions.Where(each => each.Id != 0)) await RepublishAsync(subscription, cancellationToken).ConfigureAwait(false);
            await CreateMissingAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
        _session = await Session.OpenAsync(settings, time, cancellationToken).ConfigureAwait(false);
        lock (_acknowledgements) _acknowledgements.Clear();
        _limits = await ServerLimits.AskAsync(_session, cancellationToken).ConfigureAwait(false);
        var namespaces = await new NodeAccess(_session, _limits).ReadNamespacesAsync(cancellationToken).ConfigureAwait(false);
        var isSameServer = namespaces.AsSpan().SequenceEqual(_namespaces);
        _namespaces = namespaces;
        if (isSameServer) await TransferAsync(_session, cancellationToken).ConfigureAwait(false);
        else
            foreach (var subscription in _subscriptions) subscription.Forget("the server has other namespaces than before");
        await CreateMissingAsync(cancellationToken).ConfigureAwait(false);
        return false;
    }

    private async Task<bool> TryMoveAsync(Session session, CancellationToken cancellationToken)
    {
        try
        {
            if (session.Channel.Ended.IsCompleted) await session.MoveAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (OpcUaException e) when (Session.IsGone(e.Status))
        {
            await session.Channel.DisposeAsync().ConfigureAwait(false);
            _session = null;
            return false;
        }
    }

    private async Task TransferAsync(Session session, CancellationToken cancellationToken)
    {
        LiveSubscription[] alive = [.. _subscriptions.Where(each => each.Id != 0)];
        if (alive.Length == 0) return;
        try
        {
            var request = new TransferSubscriptionsRequest([.. alive.Select(each => each.Id)], SendInitialValues: true);
            var results = (await session.CallAsync(request, cancellationToken).ConfigureAwait(false)).Results;
            for (var at = 0; at < alive.Length; at++)
            {
                if (at < results.Length && results[at].Status.IsGood) await RepublishAsync(alive[at], cancellationToken).ConfigureAwait(false);
                else alive[at].Forget($"the server did not hand the subscription over to the new session ({(at < results.Length ? results[at].Status : "no result")})");
            }
        }
        catch (OpcUaException e) when (!session.Channel.Ended.IsCompleted)
        {
            // Servers without this service refuse the whole call.
            foreach (var subscription in alive) subscription.Forget($"the server does not hand subscriptions over to a new session ({e.Status})");
        }
    }

    private async Task CreateMissingAsync(CancellationToken cancellationToken)
    {
        foreach (var subscription in _subscriptions.Where(each => each.Id == 0))
            await subscription.CreateAsync(_session!, _limits, _namespaces, cancellationToken).ConfigureAwait(false); // connected: there is one
        _mustRecreate = false;
        _lastAlive = time.GetTimestamp();
    }

    /// <summary>Asks for what was published while nobody listened, from the next number on until the server has no more.</summary>
    private async Task RepublishAsync(LiveSubscription subscription, CancellationToken cancellationToken)
    {
        for (var message = 0; message < MessageOrder.MaxHeld * 10; message++)
        {
            try
            {
                var response = await _session!.CallAsync(new RepublishRequest(subscription.Id, subscription.Order.Expected), cancellationToken).ConfigureAwait(false);
                if (response.Message.SequenceNumber != subscription.Order.Expected || response.Message.IsKeepAlive) return; // not what was asked for
                subscription.Order.Offer(response.Message);
                Acknowledge(subscription.Id, response.Message.SequenceNumber);
                subscription.Deliver();
            }
            catch (OpcUaException e) when (e.Status.Code == StatusCodes.BadMessageNotAvailable || e.Status.Code == StatusCodes.BadServiceUnsupported)
            {
                return; // nothing more was missed, or the server keeps nothing: what is missing shows by its number
            }
            catch (OpcUaException e) when (e.Status.Code == StatusCodes.BadSubscriptionIdInvalid)
            {
                subscription.Forget("the server ended the subscription while it could not be reached");
                return;
            }
        }
    }

    /// <summary>Publishes until the channel or the session is gone, and returns the reason.</summary>
    private async Task<OpcUaException> LiveAsync(Session session, CancellationToken cancellationToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var publishing = Enumerable.Range(0, _subscriptions.Length + 1).Select(_ => PublishAsync(session, stopping)).ToArray();
        OpcUaException reason;
        try
        {
            reason = await WatchAsync(session, stopping.Token).ConfigureAwait(false);
        }
        finally
        {
            await stopping.CancelAsync().ConfigureAwait(false);
        }
        var failures = await Task.WhenAll(publishing).ConfigureAwait(false);
        return failures.FirstOrDefault(failure => failure is not null) ?? reason;
    }

    private async Task<OpcUaException> WatchAsync(Session session, CancellationToken cancellationToken)
    {
        var nextRetry = time.GetTimestamp();
        try
        {
            while (!session.Channel.Ended.IsCompleted)
            {
                await Task.Delay(Glance, time, cancellationToken).ConfigureAwait(false);
                if (_mustRecreate) await InOrderAsync(() => CreateMissingAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
                var silence = time.GetElapsedTime(Math.Max(_lastAlive, session.Channel.LastHeard));
                if (silence > _subscriptions.Max(each => each.KeepAlive) + ProbePatience) await ProbeAsync(session, cancellationToken).ConfigureAwait(false);
                if (time.GetElapsedTime(nextRetry) < RetryRefusedAfter) continue;
                nextRetry = time.GetTimestamp();
                foreach (var subscription in _subscriptions.Where(each => each.Id != 0 && each.Refused.Count > 0))
                    await InOrderAsync(() => subscription.RetryAsync(session, _limits, _namespaces, cancellationToken), cancellationToken).ConfigureAwait(false);
            }
            return await session.Channel.Ended.ConfigureAwait(false);
        }
        catch (OpcUaException e)
        {
            return await EndAsync(session, e).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return new OpcUaException(StatusCodes.BadShutdown, "publishing has ended");
        }
    }

    /// <summary>Any answer, a refusal too, means that the server lives.</summary>
    private static async Task ProbeAsync(Session session, CancellationToken cancellationToken)
    {
        try
        {
            await session.CallAsync(new ReadRequest(0, TimestampsToReturn.Neither, [new ReadValueId(ServerState)]), cancellationToken, ProbePatience).ConfigureAwait(false);
        }
        catch (OpcUaException e) when (!session.Channel.Ended.IsCompleted && e.Status.Code != StatusCodes.BadTimeout && !Session.IsGone(e.Status))
        {
            // it answered
        }
    }

    private async Task<OpcUaException?> PublishAsync(Session session, CancellationTokenSource stopping)
    {
        var cancellationToken = stopping.Token;
        var patience = _subscriptions.Max(each => each.KeepAlive) * (3 * (_subscriptions.Length + 1));
        try
        {
            while (true)
            {
                try
                {
                    var response = await session.CallAsync(new PublishRequest(TakeAcknowledgements()), cancellationToken, patience).ConfigureAwait(false);
                    _lastAlive = time.GetTimestamp();
                    await InOrderAsync(() => TakeAsync(response, cancellationToken), cancellationToken).ConfigureAwait(false);
                }
                catch (OpcUaException e) when (e.Status.Code == StatusCodes.BadTooManyPublishRequests)
                {
                    return null; // the others go on: asking again at once would be a storm
                }
                catch (OpcUaException e) when (e.Status.Code == StatusCodes.BadNoSubscription)
                {
                    await InOrderAsync(ForgetAllAsync, cancellationToken).ConfigureAwait(false);
                    await Task.Delay(Glance, time, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (OpcUaException e)
        {
            await EndAsync(session, e).ConfigureAwait(false);
            await stopping.CancelAsync().ConfigureAwait(false);
            return e;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private Task ForgetAllAsync()
    {
        if (_mustRecreate) return Task.CompletedTask;
        foreach (var subscription in _subscriptions) subscription.Forget("the server had no subscription of ours any more");
        _mustRecreate = true;
        return Task.CompletedTask;
    }

    private async Task TakeAsync(PublishResponse response, CancellationToken cancellationToken)
    {
        var subscription = _subscriptions.FirstOrDefault(each => each.Id == response.SubscriptionId && each.Id != 0);
        if (subscription is null) return; // one that was given up before
        var message = response.Message;
        var isNew = subscription.Order.Offer(message);
        // There are servers that close the connection when a number is acknowledged that they do not keep.
        if (isNew && !message.IsKeepAlive && (response.AvailableNumbers.Length == 0 || response.AvailableNumbers.Contains(message.SequenceNumber))) Acknowledge(subscription.Id, message.SequenceNumber);
        subscription.Deliver();
        if (message.StatusChange is { IsBad: true } || message.StatusChange == StatusCodes.GoodSubscriptionTransferred)
        {
            subscription.Forget($"the server ended the subscription ({message.StatusChange})");
            _mustRecreate = true;
        }
        else if (subscription.Order.HasHole) await CloseHoleAsync(subscription, cancellationToken).ConfigureAwait(false);
    }

    private async Task CloseHoleAsync(LiveSubscription subscription, CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        while (subscription.Order.HasHole && subscription.Id != 0)
        {
            var expected = subscription.Order.Expected;
            await RepublishAsync(subscription, cancellationToken).ConfigureAwait(false);
            if (!subscription.Order.HasHole || subscription.Order.Expected != expected) continue;
            // The answers to two requests may have overtaken each other here: the other one gets its turn before the message counts as lost.
            if (time.GetElapsedTime(since) < HolePatience)
            {
                _ordering.Release();
                try
                {
                    await Task.Delay(Glance, time, CancellationToken.None).ConfigureAwait(false);
                }
                finally
                {
                    await _ordering.WaitAsync(CancellationToken.None).ConfigureAwait(false);
                }
            }
            else subscription.GiveUpExpected(StatusCodes.BadMessageNotAvailable);
        }
    }

    private async Task InOrderAsync(Func<Task> act, CancellationToken cancellationToken)
    {
        await _ordering.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await act().ConfigureAwait(false);
        }
        finally
        {
            _ordering.Release();
        }
    }

    private void Acknowledge(uint subscriptionId, uint number)
    {
        lock (_acknowledgements)
        {
            if (_acknowledgements.Count < MaxAcknowledgements) _acknowledgements.Add(new(subscriptionId, number));
        }
    }

    private Acknowledgement[] TakeAcknowledgements()
    {
        lock (_acknowledgements)
        {
            Acknowledgement[] taken = [.. _acknowledgements];
            _acknowledgements.Clear();
            return taken;
        }
    }

    /// <summary>A session that the server does not have is forgotten; everything else closes the channel only, so that it can go on over another.</summary>
    private async Task<OpcUaException> EndAsync(Session session, OpcUaException reason)
    {
        await session.Channel.DisposeAsync().ConfigureAwait(false);
        if (Session.IsGone(reason.Status)) _session = null;
        return reason;
    }

    private async Task ForgetDeadSessionAsync()
    {
        if (_session is not { } session || time.GetElapsedTime(_lastAlive) < session.Timeout * 2) return;
        await session.Channel.DisposeAsync().ConfigureAwait(false);
        _session = null;
    }
}
