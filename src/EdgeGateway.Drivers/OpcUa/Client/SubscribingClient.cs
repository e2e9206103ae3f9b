using System.Net.Sockets;

namespace EdgeGateway.Drivers.OpcUa.Client;

/// <summary>
/// Keeps subscriptions alive at one server: over faults of the link in the same session, with what was missed asked for again; over the loss of the session
/// by taking the subscriptions over; over a restart of the server by making them anew. What could not be brought over is said (<see cref="Loss"/>), never hidden.
/// Only the server's own answer ends a session; a fault of the link does not, until the server must have given it up.
/// </summary>
internal sealed class SubscribingClient(ClientSettings settings, IReadOnlyList<SubscriptionPlan> plans, ISubscriptionSink sink, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly SubscriptionSet _subscriptions = new(plans, sink, time);

    private volatile Session? _live;
    private Session? _session;
    private Session? _upSession; // the one that brought values last
    private bool _isEntered; // the subscriptions are in _session

    /// <summary>The session while values come; null while they do not. From any thread.</summary>
    public Session? Live => _live;

    /// <summary>What is known of the server; null before the first session. From any thread.</summary>
    public ServerState? Server => _subscriptions.Server;

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
                    var session = await ConnectAsync(cancellationToken).ConfigureAwait(false);
                    _live = session;
                    sink.Up(isSameSession: session == _upSession);
                    _upSession = session;
                    pause = FirstPause;
                    reason = await new Publishing(session, _subscriptions, time).RunAsync(cancellationToken).ConfigureAwait(false);
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
                _live = null;
                sink.Down(reason);
                await GiveUpDeadSessionAsync().ConfigureAwait(false);
                await Task.Delay(reason.IsOfUser ? LongestPause : pause, time, cancellationToken).ConfigureAwait(false);
                pause = pause * 2 > LongestPause ? LongestPause : pause * 2;
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // asked to stop
        }
        finally
        {
            _live = null;
            if (_session is not null) await _session.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>After <see cref="RunAsync"/> has ended.</summary>
    public void Dispose() => _subscriptions.Dispose();

    // Each step may fail and is taken up again where it failed, in the same session as long as that is there.
    private async Task<Session> ConnectAsync(CancellationToken cancellationToken)
    {
        if (_session is null) (_session, _isEntered) = (await Session.OpenAsync(settings, time, cancellationToken).ConfigureAwait(false), false);
        var session = _session;
        if (session.Channel.Ended.IsCompleted) await session.MoveAsync(cancellationToken).ConfigureAwait(false);
        await _subscriptions.InTurnAsync(
            async () =>
            {
                if (!_isEntered) await _subscriptions.EnterAsync(session, cancellationToken).ConfigureAwait(false);
                _isEntered = true;
                await _subscriptions.ResumeAsync(session, cancellationToken).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
        return session;
    }

    private async Task GiveUpDeadSessionAsync()
    {
        if (_session is not { } session || (!session.IsGone && time.GetElapsedTime(session.LastAlive) < session.Timeout * 2)) return;
        _session = null;
        await session.CloseAsync(deleteSubscriptions: false).ConfigureAwait(false); // the next session takes them over
    }
}
