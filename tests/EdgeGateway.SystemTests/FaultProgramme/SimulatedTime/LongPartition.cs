using EdgeGateway.Evidence;
using EdgeGateway.PlantSimulator;

namespace EdgeGateway.SystemTests.FaultProgramme.SimulatedTime;

/// <summary>
/// No way to the broker for 72 hours, or for a week: a quarter of a million readings wait, then go out, and what is alive does not wait behind them. Odd seeds
/// are the 72 hours; every other pair of seeds loses the way without a word instead of by a reset.
/// </summary>
internal sealed class LongPartition : IFaultScenario
{
    private const int Registers = 20;
    private const long FewestReadings = 250_000;
    private static readonly TimeSpan Before = TimeSpan.FromMinutes(10);

    /// <summary>The longest back-off, and the rest after a connection of our own from before that the relay lets go only now takes the session over.</summary>
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromMinutes(5);

    public string Name => "long-partition";

    public int Rounds => 1;

    public Task<FaultOutcome> PlayAsync(int seed, CancellationToken cancellationToken) => Task.Run(() => seed % 2 == 1
        ? PlayAsync(TimeSpan.FromHours(72), TimeSpan.FromSeconds(50), seed, cancellationToken)
        : PlayAsync(TimeSpan.FromDays(7), TimeSpan.FromSeconds(117), seed, cancellationToken), cancellationToken);

    private static async Task<FaultOutcome> PlayAsync(TimeSpan length, TimeSpan period, int seed, CancellationToken cancellationToken)
    {
        var history = new RoundHistory { Linger = TimeSpan.FromSeconds(30.1) };
        await using var run = await SimulatedRun.StartAsync(period, history.Linger, cancellationToken, Registers).ConfigureAwait(false);
        await run.PassAsync(Before).ConfigureAwait(false);
        var readings = run.Gateway.Status.Readings;
        if (seed / 2 % 2 == 0) await run.CutAsync().ConfigureAwait(false);
        else run.Link.Mode = LinkMode.BlackHole;
        await run.PassAsync(length).ConfigureAwait(false);

        readings = run.Gateway.Status.Readings - readings;
        var segments = run.Gateway.Depth.Undelivered;
        if (readings < FewestReadings) history.Fault($"harness: only {readings} readings wait, at least {FewestReadings} were to");
        run.Link.Mode = LinkMode.Pass;
        if (!await run.PassUntilAsync(() => run.Gateway.Status.UplinkIsUp, LongestBackOff).ConfigureAwait(false)) history.Fault($"I9: not connected {LongestBackOff} after the partition: {run.Gateway.Status.Uplink}");
        var connected = run.Clock.Elapsed;
        // Simulated time is no measure of the pace: it may pass while the session is between an acknowledgement and its next timer. It only tells that there is an end.
        var within = TimeSpan.FromMinutes(15);
        if (!await run.PassUntilAsync(() => run.Gateway.Depth.Undelivered == 0, within).ConfigureAwait(false))
            history.Fault($"I9: {run.Gateway.Depth.Undelivered} segments still wait {within} after the partition: {run.Gateway.Status.Uplink}");
        history.Recovered($"the drain of {segments} segments", run.Clock.Elapsed - connected, within);
        await run.PassAsync(Before).ConfigureAwait(false);
        await run.StopAsync().ConfigureAwait(false);
        JudgeLive(run, connected, history.Linger + 2 * period, history);
        return await run.JudgeAsync(history).ConfigureAwait(false);
    }

    /// <summary>Live first: from the reconnection on, what is sealed arrives within two periods, backlog or not.</summary>
    private static void JudgeLive(SimulatedRun run, TimeSpan connected, TimeSpan most, RoundHistory history)
    {
        var parser = new PayloadParser(keepsRows: false);
        var (live, late) = (0, 0);
        var lastOfBacklog = TimeSpan.Zero;
        var firstLive = TimeSpan.MaxValue;
        foreach (var arrival in run.Platform.Arrivals.Where(arrival => arrival.At >= connected))
        {
            if (parser.TryParse(Envelope.PayloadOf(arrival.Line.Span).ToArray(), out _) is not { Kind: "data" } facts) continue;
            if (arrival.IsBacklog)
            {
                lastOfBacklog = arrival.At;
                continue;
            }
            live++;
            if (arrival.At < firstLive) firstLive = arrival.At;
            if (arrival.At - run.Clock.ElapsedAt(facts.T0) > most) late++;
        }
        if (late > 0) history.Fault($"I9: {late} of {live} live segments came more than {most.TotalSeconds:0} s after their first reading");
        if (firstLive > lastOfBacklog) history.Fault($"I9: the first live segment came at {firstLive}, after the last of the backlog at {lastOfBacklog}");
    }
}
