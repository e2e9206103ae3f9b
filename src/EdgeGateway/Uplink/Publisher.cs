using EdgeGateway.Config;
using EdgeGateway.Diagnostics;
using EdgeGateway.Evidence;
using EdgeGateway.Outbox;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EdgeGateway.Uplink;

/// <summary>
/// Keeps a <see cref="Session"/> with one of the brokers for as long as the gateway runs. <see cref="BrokerRoster"/> says with which and when; when the
/// gateway stops without a connection, one last attempt is made.
/// </summary>
internal sealed class Publisher(
    Plant plant, IOutbox outbox, Sealer sealer, CommandInbox inbox, Resends resends, GatewayStatus status, TimeProvider time, Random random, ILogger<Publisher> log) : BackgroundService
{
    private const int MostSaid = 32;
    private static readonly TimeSpan LastAttemptPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestBacklogDelay = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan WorthSaying = TimeSpan.FromMinutes(2);

    private readonly UplinkMemory _memory = new(plant.Broker, resends, time);
    private readonly Topics _topics = new(plant.Broker.Root, plant.Site, plant.Gateway);
    private readonly HashSet<string> _said = [];
    private long? _lostAt;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var roster = new BrokerRoster(plant.Broker.Urls, time, random);
        for (var number = 1L; ; number++)
        {
            var isLast = stoppingToken.IsCancellationRequested;
            // A broker that asked to be left alone is not asked for a favour at the end.
            if (isLast && roster.IsResting) break;
            var wasConnected = await ServeAsync(roster, number, stoppingToken).ConfigureAwait(false);
            // The connection that was there when the stop came, or the attempt after it, was the last one.
            if (isLast || (wasConnected && stoppingToken.IsCancellationRequested)) break;
            await WaitAsync(roster.Wait, stoppingToken).ConfigureAwait(false);
        }
        if (outbox.Depth.Undelivered is > 0 and var undelivered) log.StoppedWithBacklog(undelivered);
        Say("stopped", isUp: false);
    }

    /// <summary>One attempt and, if it succeeds, its connection; false if there was none.</summary>
    private async Task<bool> ServeAsync(BrokerRoster roster, long number, CancellationToken stoppingToken)
    {
        var url = roster.Current;
        long? connectedAt = null;
        try
        {
            _memory.Recent.Settle(segment => outbox.SendAgain(segment.Stream, segment.Sequence, segment.Sequence));
            var link = await ConnectAsync(url, number, stoppingToken).ConfigureAwait(false);
            connectedAt = time.GetTimestamp();
            _said.Clear();
            _memory.Throttle.Connected(link.Window);
            Say($"connected to {url}", isUp: true);
            log.Connected(url, outbox.Depth.Undelivered);
            if (plant.Broker.Mqtt == MqttVersion.V311) log.OldProtocol(url);
            var session = new Session(link, number, plant.Broker, _topics, outbox, sealer, _memory, inbox, BacklogDelay(), status, time, log);
            await RunAsync(session, stoppingToken).ConfigureAwait(false);
        }
        catch (LinkLostException e)
        {
            _lostAt ??= time.GetTimestamp();
            roster.Lost(e.Remedy, connectedAt is { } since ? time.GetElapsedTime(since) : null);
            status.CountReconnect();
            Lost(e, roster.RestOf(url));
        }
        catch (IOException e)
        {
            // The store could not be read. The recorder says so too and opens it again; what was to be sent stays there.
            roster.Lost(Remedy.TryAgain, connectedAt is { } since ? time.GetElapsedTime(since) : null);
            log.StoreUnreadable(e.Message, e);
            Say($"waiting for the store: {e.Message}", isUp: false);
        }
        return connectedAt is not null;
    }

    private async Task<MqttLink> ConnectAsync(Uri url, long number, CancellationToken stoppingToken)
    {
        using var patience = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        await using var hurry = stoppingToken.Register(() => patience.CancelAfter(LastAttemptPatience)).ConfigureAwait(false);
        try
        {
            var will = await Presence.WillAsync(sealer, number, time, patience.Token).ConfigureAwait(false);
            return await MqttLink.ConnectAsync(plant.Broker, url, $"{plant.Site}-{plant.Gateway}", _topics.Will, will, time, patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (patience.IsCancellationRequested)
        {
            throw new LinkLostException($"broker {url} did not answer before the gateway stopped", e);
        }
    }

    private async Task RunAsync(Session session, CancellationToken stoppingToken)
    {
        try
        {
            await session.RunAsync(stoppingToken).ConfigureAwait(false);
        }
        catch (LinkLostException e)
        {
            _lostAt = time.GetTimestamp();
            _memory.Recent.Doubt(session.LastAlive);
            if (e.Remedy == Remedy.SlowDown)
            {
                _memory.Throttle.SlowDown();
                log.Slower(_memory.Throttle.Window, _memory.Throttle.Backlog.PerSecond);
            }
            if (_memory.Suspicion.Lost(e.Remedy, session.Unanswered) is { } guilty)
            {
                log.CostTheConnection(guilty, Suspicion.Convicting);
                outbox.Quarantine(guilty.Stream, guilty.Sequence);
            }
            throw;
        }
    }

    /// <summary>A short outage leaves no herd behind it: the backlog waits at most as long as the outage lasted.</summary>
    private TimeSpan BacklogDelay()
    {
        var outage = _lostAt is { } at ? time.GetElapsedTime(at) : TimeSpan.Zero;
        return (outage < LongestBacklogDelay ? outage : LongestBacklogDelay) * random.NextDouble();
    }

    private async Task WaitAsync(TimeSpan delay, CancellationToken stoppingToken)
    {
        try
        {
            await Task.Delay(delay, time, stoppingToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The gateway stops: the last attempt comes at once.
        }
    }

    private void Lost(LinkLostException loss, TimeSpan rest)
    {
        Say(rest > WorthSaying ? $"{loss.Message}; next attempt there in about {rest.TotalMinutes:0} min" : loss.Message, isUp: false);
        // Each trouble once in an outage. Its words come partly from the network, so there is an end to remembering them.
        if (_said.Count >= MostSaid || !_said.Add(loss.Message)) return;
        if (rest > WorthSaying) log.MustBeMended(loss.Message, rest.TotalMinutes);
        else log.Lost(loss.Message);
    }

    private void Say(string uplink, bool isUp)
    {
        status.Uplink = uplink;
        status.UplinkIsUp = isUp;
    }
}
