using System.Globalization;
using EdgeGateway.Config;
using EdgeGateway.Diagnostics;
using EdgeGateway.Evidence;
using EdgeGateway.Outbox;
using Microsoft.Extensions.Logging;

namespace EdgeGateway.Uplink;

/// <summary>
/// One connection's work: the birth, then segments (live before backlog, urgent streams first) in a window of unacknowledged publishes, a head a minute,
/// a ping per keep-alive. Ends with <see cref="LinkLostException"/>, or when it is told to stop and the outbox is empty or patience is over.
/// </summary>
internal sealed class Session(
    MqttLink link, long number, BrokerSettings broker, Topics topics, IOutbox outbox, Sealer sealer, RecentAcknowledgements recent,
    TimeSpan backlogDelay, GatewayStatus status, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan DrainPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan GoodbyePatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ForbiddenRest = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(60);

    private readonly List<Task<Delivery>> _underWay = [];
    private readonly Pace _backlogPace = new(broker.BacklogPerSecond, time);
    private readonly long _start = time.GetTimestamp();
    private int _window = link.Window;
    private int _settledSinceSlower;
    private TimeSpan _idle;
    private long _pausedAt;
    private TimeSpan _pause;
    private TimeSpan _nextPause = FirstPause;

    /// <summary>When the broker last proved to be there.</summary>
    public long LastAlive { get; private set; } = time.GetTimestamp();

    public async Task RunAsync(CancellationToken stoppingToken)
    {
        using var ending = new CancellationTokenSource();
        try
        {
            await PublishBirthAsync(ending.Token).ConfigureAwait(false);
            // One look at each tail: with two, a segment appended in between would belong to both lanes of its stream.
            var tails = Streams.InOrderOfUrgency.Select(stream => (Stream: stream, outbox.Tail(stream).Sequence)).ToArray();
            Lane[] lanes =
            [
                .. tails.Select(tail => new Lane(outbox, tail.Stream, isLive: true, tail.Sequence)),
                .. tails.Select(tail => new Lane(outbox, tail.Stream, isLive: false, tail.Sequence)),
            ];
            await DeliverAsync(lanes, stoppingToken, ending.Token).ConfigureAwait(false);
            // A broker that has stopped answering must not hold up the stop for a whole acknowledgement timeout.
            using var goodbye = new CancellationTokenSource(GoodbyePatience, time);
            await PublishHeadsAsync(goodbye.Token).ConfigureAwait(false);
            await link.DisconnectAsync(ending.Token).ConfigureAwait(false);
        }
        finally
        {
            // Whatever is still under way has no one to wait for it: end it and see it end.
            await ending.CancelAsync().ConfigureAwait(false);
            link.Dispose();
            foreach (var publish in _underWay) await SeeItEndAsync(publish).ConfigureAwait(false);
        }
    }

    private async Task DeliverAsync(Lane[] lanes, CancellationToken stoppingToken, CancellationToken ending)
    {
        var appended = outbox.WaitForAppendAsync(ending).AsTask();
        var ping = Task.Delay(broker.KeepAlive, time, ending);
        var head = Task.Delay(broker.HeadEvery, time, ending);
        using var stopOrEnd = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, ending);
        var stopping = Task.Delay(Timeout.InfiniteTimeSpan, time, stopOrEnd.Token);
        long? stopAt = null;
        while (true)
        {
            _idle = FillWindow(lanes, ending);
            if (stoppingToken.IsCancellationRequested)
            {
                stopAt ??= time.GetTimestamp();
                if (_underWay.Count == 0 && outbox.Depth.Undelivered == 0) return;
                if (time.GetElapsedTime(stopAt.Value) > DrainPatience)
                {
                    log.StoppedWithBacklog(outbox.Depth.Undelivered);
                    return;
                }
            }
            // The timer goes with the wake-up: at hundreds of publishes a second they would pile up.
            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(ending);
            var wake = new List<Task>(_underWay) { appended, ping, head, link.Closed, Task.Delay(IdleWait(stopAt), time, waiting.Token) };
            if (stopAt is null) wake.Add(stopping);
            await Task.WhenAny(wake).ConfigureAwait(false);
            await waiting.CancelAsync().ConfigureAwait(false);

            await SettleAsync(lanes).ConfigureAwait(false);
            if (link.Closed.IsCompleted) throw new LinkLostException(await link.Closed.ConfigureAwait(false));
            if (appended.IsCompleted)
            {
                await appended.ConfigureAwait(false);
                appended = outbox.WaitForAppendAsync(ending).AsTask();
            }
            if (ping.IsCompleted)
            {
                // Ours and by the monotonic clock: the library's own is fooled by sends and by steps of the wall clock.
                await link.PingAsync(ending).ConfigureAwait(false);
                LastAlive = time.GetTimestamp();
                ping = Task.Delay(broker.KeepAlive, time, ending);
            }
            if (head.IsCompleted)
            {
                await PublishHeadsAsync(ending).ConfigureAwait(false);
                head = Task.Delay(broker.HeadEvery, time, ending);
            }
        }
    }

    /// <summary>Sends what may be sent; says for how long nothing more can be, unless something else happens.</summary>
    private TimeSpan FillWindow(Lane[] lanes, CancellationToken ending)
    {
        if (_pause > TimeSpan.Zero)
        {
            var rest = _pause - time.GetElapsedTime(_pausedAt);
            if (rest > TimeSpan.Zero) return rest;
            _pause = TimeSpan.Zero;
        }
        // While the broker has to prove that it listens again, one publish at a time is enough.
        var window = _nextPause > FirstPause ? 1 : _window;
        var idle = Idle;
        foreach (var lane in lanes)
        {
            if (!lane.IsLive && backlogDelay - time.GetElapsedTime(_start) is var delay && delay > TimeSpan.Zero) return Shorter(idle, delay);
            // The backlog leaves room for what is alive, so that an alert need not wait for an old segment's acknowledgement.
            var most = lane.IsLive ? window : Math.Max(1, window - 1);
            while (_underWay.Count < most)
            {
                var resting = time.GetElapsedTime(time.GetTimestamp(), lane.RestUntil);
                if (resting > TimeSpan.Zero)
                {
                    idle = Shorter(idle, resting);
                    break;
                }
                if (!lane.IsLive && _backlogPace.Wait is var wait && wait > TimeSpan.Zero) return Shorter(idle, wait);
                if (lane.Take() is not { } segment) break;
                if (link.MaximumPacketBytes is { } longest && segment.Line.Length + 512 > longest)
                {
                    log.TooLargeForBroker(segment.Stream, segment.Sequence, segment.Line.Length, longest);
                    outbox.Quarantine(segment.Stream, segment.Sequence);
                    lane.Settle(segment, isDone: true);
                    continue;
                }
                if (!lane.IsLive) _backlogPace.Take();
                _underWay.Add(PublishAsync(lane, segment, ending));
            }
        }
        return idle;
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private async Task<Delivery> PublishAsync(Lane lane, Segment segment, CancellationToken ending)
    {
        var topic = lane.IsLive ? topics.Live(segment.Stream) : topics.Backlog(segment.Stream);
        var outcome = await link.PublishAsync(topic, segment.Line, retain: false, ending).ConfigureAwait(false);
        return new Delivery(lane, segment, outcome);
    }

    private async Task SettleAsync(Lane[] lanes)
    {
        for (var i = _underWay.Count - 1; i >= 0; i--)
        {
            if (!_underWay[i].IsCompleted) continue;
            var done = _underWay[i];
            _underWay.RemoveAt(i);
            Judge(await done.ConfigureAwait(false), lanes);
        }
    }

    private void Judge(Delivery delivery, Lane[] lanes)
    {
        var (lane, segment, outcome) = delivery;
        LastAlive = time.GetTimestamp();
        lane.Settle(segment, outcome is PublishOutcome.Acknowledged or PublishOutcome.Unacceptable);
        if (outcome == PublishOutcome.Acknowledged)
        {
            outbox.Acknowledge(segment.Stream, segment.Sequence);
            recent.Add(segment);
            status.CountPublished();
            if (_nextPause > FirstPause) status.Uplink = $"connected to {link.Broker}";
            _nextPause = FirstPause;
            // A window that was halved grows again, one by one, each time it has been filled without complaint.
            if (_window < link.Window && ++_settledSinceSlower >= 4 * _window) (_window, _settledSinceSlower) = (_window + 1, 0);
            return;
        }
        status.CountRefused();
        switch (outcome)
        {
            case PublishOutcome.Unacceptable:
                log.Quarantined(segment.Stream, segment.Sequence);
                outbox.Quarantine(segment.Stream, segment.Sequence);
                break;
            case PublishOutcome.Forbidden:
                if (lane.RestUntil > time.GetTimestamp()) break; // the others of the same window say the same
                log.Forbidden(segment.Stream, ForbiddenRest.TotalMinutes);
                foreach (var same in lanes.Where(other => other.Stream == segment.Stream))
                    same.RestUntil = time.GetTimestamp() + (long)(ForbiddenRest.TotalSeconds * time.TimestampFrequency);
                break;
            case PublishOutcome.NobodyListens:
                if (_nextPause == FirstPause) log.NobodyListens();
                status.Uplink = $"connected to {link.Broker}, but no platform listens there";
                Pause();
                break;
            default:
                if (_pause > TimeSpan.Zero) break; // as above: one window full of refusals is one reason to slow down
                (_window, _settledSinceSlower) = (Math.Max(1, _window / 2), 0);
                log.Slower(outcome, _window);
                Pause();
                break;
        }
    }

    private void Pause()
    {
        if (_pause > TimeSpan.Zero) return; // the others of the same window say the same
        (_pausedAt, _pause) = (time.GetTimestamp(), _nextPause);
        _nextPause = _nextPause * 2 < LongestPause ? _nextPause * 2 : LongestPause;
    }

    private TimeSpan IdleWait(long? stopAt)
    {
        if (stopAt is not null) return TimeSpan.FromMilliseconds(100);
        var least = TimeSpan.FromMilliseconds(5);
        return _idle > least ? _idle : least;
    }

    private async Task PublishBirthAsync(CancellationToken ending)
    {
        var body = new Utf8Buffer(512);
        body.Raw(",\"se\":"u8).Number(number).Raw(",\"mode\":\"puback\",\"kp\":"u8).Quoted(sealer.KeyKeptIn).Raw(",\"streams\":["u8);
        foreach (var (i, stream) in Streams.InOrderOfUrgency.Index())
        {
            var tail = outbox.Tail(stream);
            if (i > 0) body.Raw(","u8);
            body.Raw("{\"st\":"u8).Quoted(stream).Raw(",\"sq\":"u8).Number(tail.Sequence).Raw(",\"ph\":"u8).Quoted(tail.Hash.ToString()).Raw("}"u8);
        }
        var line = sealer.State("", default, "birth"u8, body.Raw("]"u8).Written);
        await link.PublishAsync(topics.Birth, line, retain: true, ending).ConfigureAwait(false);
        LastAlive = time.GetTimestamp();
    }

    private async Task PublishHeadsAsync(CancellationToken ending)
    {
        foreach (var stream in Streams.InOrderOfUrgency)
        {
            var line = sealer.State(stream, outbox.Tail(stream), "head"u8, default);
            await link.PublishAsync(topics.Head(stream), line, retain: false, ending).ConfigureAwait(false);
            LastAlive = time.GetTimestamp();
        }
    }

    /// <summary>The will of a connection, made before it exists.</summary>
    public static byte[] Will(Sealer sealer, long number) =>
        sealer.State("", default, "will"u8, System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $",\"se\":{number}")));

    private static async Task SeeItEndAsync(Task publish)
    {
        try
        {
            await publish.ConfigureAwait(false);
        }
        catch (Exception e) when (e is LinkLostException or OperationCanceledException)
        {
            // Its segment was not acknowledged and stays pending in the outbox.
        }
    }

    private readonly record struct Delivery(Lane Lane, Segment Segment, PublishOutcome Outcome);
}
