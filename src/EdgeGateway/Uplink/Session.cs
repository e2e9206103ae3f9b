using System.Collections.Immutable;
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
    MqttLink link, long number, BrokerSettings broker, Topics topics, IOutbox outbox, Sealer sealer, UplinkMemory memory,
    CommandInbox inbox, TimeSpan backlogDelay, GatewayStatus status, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan DrainPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan GoodbyePatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(30);

    private readonly List<Task<Delivery>> _underWay = [];
    private readonly List<SegmentName> _unanswered = [];
    private readonly Presence _presence = new(link, topics, outbox, sealer, time);
    private readonly Answers _answers = new(link.Broker, outbox, memory, status, time, log);
    private readonly long _start = time.GetTimestamp();
    private ImmutableArray<Lane> _lanes = [];
    private TimeSpan _idle;

    /// <summary>When the broker last proved to be there.</summary>
    public long LastAlive { get; private set; } = time.GetTimestamp();

    /// <summary>What the broker has not answered, in the order in which it was sent.</summary>
    public IReadOnlyCollection<SegmentName> Unanswered => _unanswered;

    public async Task RunAsync(CancellationToken stoppingToken)
    {
        using var ending = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        // Whatever hangs when the gateway stops must not hang for longer than the service manager waits.
        await using var hurry = stoppingToken.Register(() => ending.CancelAfter(StopPatience)).ConfigureAwait(false);
        try
        {
            await _presence.PublishBirthAsync(number, ending.Token).ConfigureAwait(false);
            LastAlive = time.GetTimestamp();
            await ListenAsync(ending.Token).ConfigureAwait(false);
            await new Trial(link, topics, _presence, outbox, memory.Suspicion).RunAsync(Judge, ending.Token).ConfigureAwait(false);
            // One look at each tail: with two, a segment appended in between would belong to both lanes of its stream.
            var tails = Streams.InOrderOfUrgency.Select(stream => (Stream: stream, outbox.Tail(stream).Sequence, InFlight: new HashSet<long>())).ToArray();
            _lanes =
            [
                .. tails.Select(tail => new Lane(outbox, tail.Stream, isLive: true, tail.Sequence, tail.InFlight)),
                .. tails.Select(tail => new Lane(outbox, tail.Stream, isLive: false, tail.Sequence, tail.InFlight)),
            ];
            _answers.Lanes = _lanes;
            await DeliverAsync(stoppingToken, ending.Token).ConfigureAwait(false);
            // A broker that has stopped answering must not hold up the stop for a whole acknowledgement timeout.
            using var goodbye = new CancellationTokenSource(GoodbyePatience, time);
            await _presence.PublishHeadsAsync(goodbye.Token).ConfigureAwait(false);
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

    private async Task ListenAsync(CancellationToken ending)
    {
        if (!inbox.IsOpen || await link.ListenAsync(topics.Command, inbox.Offer, ending).ConfigureAwait(false)) return;
        log.NoCommands(topics.Command);
    }

    private async Task DeliverAsync(CancellationToken stoppingToken, CancellationToken ending)
    {
        var appended = outbox.WaitForAppendAsync(ending).AsTask();
        var ping = Task.Delay(broker.KeepAlive, time, ending);
        var head = Task.Delay(broker.HeadEvery, time, ending);
        var resend = memory.Resends.WaitAsync(ending);
        using var stopOrEnd = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, ending);
        var stopping = Task.Delay(Timeout.InfiniteTimeSpan, time, stopOrEnd.Token);
        long? stopAt = null;
        while (true)
        {
            _idle = FillWindow(isStopping: stopAt is not null, ending);
            if (stoppingToken.IsCancellationRequested)
            {
                stopAt ??= time.GetTimestamp();
                if (_underWay.Count == 0 && outbox.Depth is var depth && depth.Undelivered <= depth.Unsigned) return; // what has no signature yet waits for the next start
                if (time.GetElapsedTime(stopAt.Value) > DrainPatience) return;
            }
            // The timer goes with the wake-up: at hundreds of publishes a second they would pile up.
            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(ending);
            var wake = new List<Task>(_underWay) { appended, ping, head, resend, link.Closed, Task.Delay(IdleWait(stopAt), time, waiting.Token) };
            if (stopAt is null) wake.Add(stopping);
            await Task.WhenAny(wake).ConfigureAwait(false);
            await waiting.CancelAsync().ConfigureAwait(false);

            await SettleAsync().ConfigureAwait(false);
            if (link.Closed.IsCompleted) throw await link.Closed.ConfigureAwait(false);
            if (appended.IsCompleted)
            {
                await appended.ConfigureAwait(false);
                appended = outbox.WaitForAppendAsync(ending).AsTask();
            }
            if (resend.IsCompleted)
            {
                await resend.ConfigureAwait(false);
                SendAgain();
                resend = memory.Resends.WaitAsync(ending);
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
                if (await _presence.PublishHeadsAsync(ending).ConfigureAwait(false)) memory.Refusals.Taken();
                LastAlive = time.GetTimestamp();
                head = Task.Delay(broker.HeadEvery, time, ending);
            }
        }
    }

    /// <summary>Sends what may be sent; says for how long nothing more can be, unless something else happens.</summary>
    private TimeSpan FillWindow(bool isStopping, CancellationToken ending)
    {
        if (_answers.Standstill.Rest is var rest && rest > TimeSpan.Zero) return rest;
        var window = _answers.Standstill.IsProbing ? 1 : memory.Throttle.Window;
        var idle = Idle;
        foreach (var lane in _lanes)
        {
            if (!lane.IsLive && !isStopping && backlogDelay - time.GetElapsedTime(_start) is var delay && delay > TimeSpan.Zero) return Shorter(idle, delay);
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
                if (!lane.IsLive && memory.Throttle.Backlog.Wait is var wait && wait > TimeSpan.Zero) return Shorter(idle, wait);
                if (lane.Take() is not { } segment) break;
                if (link.MaximumPacketBytes is { } longest && segment.Line.Length + 512 > longest)
                {
                    log.TooLargeForBroker(segment.Stream, segment.Sequence, segment.Line.Length, longest);
                    outbox.Quarantine(segment.Stream, segment.Sequence);
                    lane.Settle(segment, isDone: true);
                    continue;
                }
                if (!lane.IsLive) memory.Throttle.Backlog.Take();
                _unanswered.Add(new SegmentName(segment.Stream, segment.Sequence));
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

    private async Task SettleAsync()
    {
        for (var i = _underWay.Count - 1; i >= 0; i--)
        {
            if (!_underWay[i].IsCompleted) continue;
            var done = _underWay[i];
            _underWay.RemoveAt(i);
            var (lane, segment, outcome) = await done.ConfigureAwait(false);
            _unanswered.Remove(new SegmentName(segment.Stream, segment.Sequence));
            Judge(segment, outcome);
            // Afterwards: a lane that starts over must not find what has just been acknowledged or given up.
            lane.Settle(segment, outcome == PublishOutcome.Acknowledged);
            if (lane.IsLive && segment.Sequence <= lane.Boundary && outcome != PublishOutcome.Acknowledged) SendAgain(); // it belongs to the backlog by now
        }
    }

    private void Judge(Segment segment, PublishOutcome outcome)
    {
        LastAlive = time.GetTimestamp();
        _answers.Judge(segment, outcome);
    }

    /// <summary>What was delivered and is wanted again goes with the backlog, also what had been live.</summary>
    private void SendAgain()
    {
        foreach (var live in _lanes.Where(lane => lane.IsLive))
            foreach (var lane in _lanes.Where(lane => lane.Stream == live.Stream)) lane.StartOver(live.Newest);
    }

    private TimeSpan IdleWait(long? stopAt)
    {
        if (stopAt is not null) return TimeSpan.FromMilliseconds(100);
        var least = TimeSpan.FromMilliseconds(5);
        return _idle > least ? _idle : least;
    }

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
