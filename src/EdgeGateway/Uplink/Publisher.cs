using EdgeGateway.Config;
using EdgeGateway.Diagnostics;
using EdgeGateway.Evidence;
using EdgeGateway.Outbox;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EdgeGateway.Uplink;

/// <summary>
/// Keeps a <see cref="Session"/> with one of the brokers for as long as the gateway runs: the brokers in their order, full-jitter back-off between attempts
/// so that a city of gateways does not come back at once.
/// </summary>
internal sealed class Publisher(Plant plant, IOutbox outbox, Sealer sealer, GatewayStatus status, TimeProvider time, ILogger<Publisher> log) : BackgroundService
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan ShortestDelay = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan StableAfter = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestBacklogDelay = TimeSpan.FromSeconds(60);

    private readonly Random _random = new();
    private readonly RecentAcknowledgements _recent = new(plant.Broker.Overlap, time);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var topics = new Topics(plant.Broker.Root, plant.Site, plant.Gateway);
        var failures = 0;
        long? lostAt = null;
        for (var number = 1L; !stoppingToken.IsCancellationRequested; number++)
        {
            var url = NextBroker(failures);
            long? connectedAt = null;
            try
            {
                var link = await MqttLink.ConnectAsync(plant.Broker, url, $"{plant.Site}-{plant.Gateway}", topics.Will, Session.Will(sealer, number), time, stoppingToken).ConfigureAwait(false);
                connectedAt = time.GetTimestamp();
                Say($"connected to {url}", isUp: true);
                log.Connected(url, outbox.Depth.Undelivered);
                // A short outage leaves no herd behind it: the backlog waits at most as long as the outage lasted.
                var outage = lostAt is { } at ? time.GetElapsedTime(at) : TimeSpan.Zero;
                var most = outage < LongestBacklogDelay ? outage : LongestBacklogDelay;
                var session = new Session(link, number, plant.Broker, topics, outbox, sealer, _recent, most * _random.NextDouble(), status, time, log);
                try
                {
                    await session.RunAsync(stoppingToken).ConfigureAwait(false);
                }
                catch (LinkLostException)
                {
                    lostAt = time.GetTimestamp();
                    SendAgainSince(session.LastAlive);
                    throw;
                }
            }
            catch (LinkLostException e)
            {
                lostAt ??= time.GetTimestamp();
                if (status.UplinkIsUp || failures == 0) log.Lost(e.Message);
                Say(e.Message, isUp: false);
                status.CountReconnect();
            }
            catch (IOException e)
            {
                // The store could not be read. The recorder says so too and opens it again; what was to be sent stays there.
                log.StoreUnreadable(e.Message, e);
                Say($"waiting for the store: {e.Message}", isUp: false);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            if (stoppingToken.IsCancellationRequested) break;
            failures = connectedAt is { } since && time.GetElapsedTime(since) > StableAfter ? 0 : failures + 1;
            if (!await WaitAsync(failures, stoppingToken).ConfigureAwait(false)) break;
        }
        Say("stopped", isUp: false);
    }

    private Uri NextBroker(int failures) => plant.Broker.Urls[failures % plant.Broker.Urls.Length];

    /// <summary>Full jitter: anywhere between nothing and the doubled delay, so that thousands of gateways spread out.</summary>
    private async Task<bool> WaitAsync(int failures, CancellationToken stoppingToken)
    {
        var most = FirstDelay * Math.Pow(2, Math.Min(failures, 20));
        var delay = (most < LongestDelay ? most : LongestDelay) * _random.NextDouble();
        try
        {
            await Task.Delay(delay > ShortestDelay ? delay : ShortestDelay, time, stoppingToken).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private void SendAgainSince(long lastAlive)
    {
        foreach (var (stream, sequence) in _recent.Since(lastAlive)) outbox.SendAgain(stream, sequence, sequence);
    }

    private void Say(string uplink, bool isUp)
    {
        status.Uplink = uplink;
        status.UplinkIsUp = isUp;
    }
}
