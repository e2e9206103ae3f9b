using EdgeGateway.Drivers.OpcUa.Encoding;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;

namespace EdgeGateway.Drivers.OpcUa.Client;

/// <summary>
/// The life of subscriptions over one channel: keeps requests waiting at the server, hands on what they bring, and watches that the server and each
/// subscription say something. Used once.
/// </summary>
internal sealed class Publishing(Session session, SubscriptionSet subscriptions, TimeProvider time)
{
    private static readonly TimeSpan ProbePatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Crowded = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Hasty = TimeSpan.FromMilliseconds(20);
    private static readonly NodeId ServerStateNode = new(2259);

    private readonly Lock _lock = new();
    private int _publishers; // by _lock
    private int _waiting; // by _lock
    private long _askedSince = time.GetTimestamp(); // by _lock

    /// <summary>Publishes until the channel or the session is gone, and returns the reason; the channel is closed then.</summary>
    public async Task<OpcUaException> RunAsync(CancellationToken cancellationToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _publishers = subscriptions.Count + 1;
        var publishing = Enumerable.Range(0, _publishers).Select(_ => PublishAsync(stopping)).ToArray();
        OpcUaException reason;
        try
        {
            reason = await WatchAsync(stopping.Token).ConfigureAwait(false);
        }
        finally
        {
            await stopping.CancelAsync().ConfigureAwait(false);
        }
        var failures = await Task.WhenAll(publishing).ConfigureAwait(false);
        return failures.FirstOrDefault(failure => failure is not null) ?? reason;
    }

    private async Task<OpcUaException> WatchAsync(CancellationToken cancellationToken)
    {
        var lastRetry = time.GetTimestamp();
        try
        {
            while (!session.Channel.Ended.IsCompleted)
            {
                await Task.Delay(Glance, time, cancellationToken).ConfigureAwait(false);
                var silence = time.GetElapsedTime(Math.Max(session.LastAlive, session.Channel.LastHeard));
                if (silence > subscriptions.LongestKeepAlive + ProbePatience) await ProbeAsync(cancellationToken).ConfigureAwait(false);
                await subscriptions.InTurnIfFreeAsync(() => subscriptions.AbandonSilent(AskedSince(), ProbePatience), cancellationToken).ConfigureAwait(false);
                if (subscriptions.IsIncomplete)
                    await subscriptions.InTurnAsync(() => subscriptions.CreateMissingAsync(session, cancellationToken), cancellationToken).ConfigureAwait(false);
                if (time.GetElapsedTime(lastRetry) < LiveSubscription.RetryRefusedAfter) continue;
                lastRetry = time.GetTimestamp();
                await subscriptions.InTurnAsync(() => subscriptions.RetryRefusedAsync(session, cancellationToken), cancellationToken).ConfigureAwait(false);
            }
            return await session.Channel.Ended.ConfigureAwait(false);
        }
        catch (OpcUaException e)
        {
            await session.Channel.DisposeAsync().ConfigureAwait(false);
            return e;
        }
        catch (OperationCanceledException)
        {
            return new OpcUaException(StatusCodes.BadShutdown, "publishing has ended");
        }
    }

    /// <summary>Any answer, a refusal too, means that the server lives.</summary>
    private async Task ProbeAsync(CancellationToken cancellationToken)
    {
        try
        {
            await session.CallAsync(new ReadRequest(0, TimestampsToReturn.Neither, [new ReadValueId(ServerStateNode)]), cancellationToken, ProbePatience).ConfigureAwait(false);
        }
        catch (OpcUaException e) when (session.HasRefused(e))
        {
            // it answered
        }
    }

    private async Task<OpcUaException?> PublishAsync(CancellationTokenSource stopping)
    {
        var cancellationToken = stopping.Token;
        try
        {
            while (true)
            {
                var generation = subscriptions.Generation;
                if (!subscriptions.HasAny)
                {
                    await Task.Delay(Crowded, time, cancellationToken).ConfigureAwait(false); // all were refused: there is nothing to ask for
                    continue;
                }
                try
                {
                    var asked = time.GetTimestamp();
                    var response = await AskAsync(cancellationToken).ConfigureAwait(false);
                    await subscriptions.InTurnAsync(() => subscriptions.TakeAsync(session, response, cancellationToken), cancellationToken).ConfigureAwait(false);
                    // A server that has nothing to say, and says so as fast as it is asked, must not keep a core busy.
                    if (response.Message.IsKeepAlive && time.GetElapsedTime(asked) < Hasty) await Task.Delay(Hasty, time, cancellationToken).ConfigureAwait(false);
                }
                catch (OpcUaException e) when (e.Status.Code == StatusCodes.BadTooManyPublishRequests)
                {
                    if (MayLeave()) return null; // the others go on: asking again at once would be a storm
                    await Task.Delay(Crowded, time, cancellationToken).ConfigureAwait(false);
                }
                catch (OpcUaException e) when (e.Status.Code == StatusCodes.BadNoSubscription)
                {
                    await subscriptions.InTurnAsync(() => ForgetAsync(generation), cancellationToken).ConfigureAwait(false);
                    await Task.Delay(Glance, time, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (OpcUaException e)
        {
            await session.Channel.DisposeAsync().ConfigureAwait(false);
            await stopping.CancelAsync().ConfigureAwait(false);
            return e;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private Task ForgetAsync(int generation)
    {
        subscriptions.TakeNoSubscription(generation);
        return Task.CompletedTask;
    }

    private async Task<PublishResponse> AskAsync(CancellationToken cancellationToken)
    {
        // Longer than a mute subscription is waited for: giving it up is the smaller cure.
        var patience = (subscriptions.LongestKeepAlive * (3 * (subscriptions.Count + 1))) + (ProbePatience * 4);
        lock (_lock)
        {
            if (_waiting++ == 0) _askedSince = time.GetTimestamp();
        }
        try
        {
            return await session.CallAsync(new PublishRequest(subscriptions.Acknowledgements.Take()), cancellationToken, patience).ConfigureAwait(false);
        }
        finally
        {
            lock (_lock) _waiting--;
        }
    }

    private long AskedSince()
    {
        lock (_lock) return _waiting == 0 ? time.GetTimestamp() : _askedSince;
    }

    // The last one stays, however crowded the server is: without it nothing would come, and nobody would notice.
    private bool MayLeave()
    {
        lock (_lock)
        {
            if (_publishers == 1) return false;
            _publishers--;
            return true;
        }
    }
}
