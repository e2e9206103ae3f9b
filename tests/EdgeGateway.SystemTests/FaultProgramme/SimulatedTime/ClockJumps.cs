using EdgeGateway.Evidence;
using EdgeGateway.PlantSimulator;

namespace EdgeGateway.SystemTests.FaultProgramme.SimulatedTime;

/// <summary>The wall clock is set while the gateway runs: by hours, by a year, to 1970, beyond 2038, and fifty times at random. Nothing but the times changes.</summary>
internal sealed class ClockJumps : IFaultScenario
{
    private const int RandomSteps = 50;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterAStep = TimeSpan.FromSeconds(70);
    private static readonly TimeSpan AnyTime = TimeSpan.FromDays(100_000);

    public string Name => "clock-jumps";

    public int Rounds => 1;

    public Task<FaultOutcome> PlayAsync(int seed, CancellationToken cancellationToken) => Task.Run(() => PlayOneAsync(seed, cancellationToken), cancellationToken);

    private static async Task<FaultOutcome> PlayOneAsync(int seed, CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        var history = new RoundHistory { Linger = TimeSpan.FromSeconds(6), ClockWasStepped = true };
        await using var run = await SimulatedRun.StartAsync(Period, history.Linger, cancellationToken).ConfigureAwait(false);
        var pace = new SteadyPace(run, Period, history);
        await pace.PassAsync(AfterAStep, isHealthy: true).ConfigureAwait(false);
        var steps = Steps(random).ToArray();
        random.Shuffle(steps);
        foreach (var (what, step) in steps)
        {
            // Anywhere between two polls, and between a reading and its seal.
            await run.PassAsync(TimeSpan.FromMilliseconds(random.Next(10_000))).ConfigureAwait(false);
            var published = run.Gateway.Status.Published;
            step(run.Clock);
            await pace.PassAsync(AfterAStep, isHealthy: true).ConfigureAwait(false);
            if (run.Gateway.Status.Reconnects > 0) history.Fault($"T6: the connection was lost after {what}: {run.Gateway.Status.Uplink}");
            if (run.Gateway.Status.Published == published) history.Fault($"T6: nothing was delivered for {AfterAStep.TotalSeconds:0} s after {what}");
            if (history.Faults.Count > 0) break; // what follows is only its consequence
        }
        await run.StopAsync().ConfigureAwait(false);
        JudgeValues(run, history);
        return await run.JudgeAsync(history).ConfigureAwait(false);
    }

    private static IEnumerable<(string What, Action<SimulatedClock> Step)> Steps(Random random)
    {
        yield return ("a step back by an hour", clock => clock.Step(-TimeSpan.FromHours(1)));
        yield return ("a step forward by an hour", clock => clock.Step(TimeSpan.FromHours(1)));
        yield return ("a step back by a year", clock => clock.Step(-TimeSpan.FromDays(365)));
        yield return ("a step to 1970", clock => clock.Set(DateTimeOffset.UnixEpoch.AddSeconds(1)));
        yield return ("a step beyond 2038", clock => clock.Set(new DateTimeOffset(2038, 1, 19, 3, 14, 8, TimeSpan.Zero)));
        yield return ("a step to 2100", clock => clock.Set(new DateTimeOffset(2100, 2, 28, 23, 59, 59, TimeSpan.Zero)));
        for (var i = 0; i < RandomSteps; i++)
        {
            var by = TimeSpan.FromMilliseconds(random.Next(-300_000, 300_000));
            yield return ($"a step by {by.TotalSeconds:0.000} s", clock => clock.Step(by));
        }
    }

    /// <summary>I5 without times: the values of each signal in the order of their slots are the served ones, all of them, in the order of serving.</summary>
    private static void JudgeValues(SimulatedRun run, RoundHistory history)
    {
        using var keys = TrustedKeys.Load([run.Gateway.CertificateFile]);
        var values = new Reception(run.Platform.Ledger, keys).Distinct.SelectMany(payload => DataRows.Enumerate(payload.Payload)).ToLookup(value => value.Signal);
        var check = new LedgerCheck(run.Devices.Ledger!, AnyTime); // the run has one
        foreach (var (device, point) in new DeviceLedger(run.Devices).Signals)
        {
            var matched = check.Matched;
            foreach (var value in values[$"{device}.{point}"].OrderBy(value => value.Slot)) check.Take(device, point, value.UtcMs, value.Token, (int)value.Quality);
            var served = run.Devices.Ledger!.For(device, point).Count;
            if (check.Matched - matched != served) history.Fault($"I5: {device}.{point}: {check.Matched - matched} of {served} served values arrived in their order");
        }
        foreach (var mismatch in check.Mismatches.Take(3)) history.Fault($"I5: {mismatch}");
        if (check.WithoutValue > 0) history.Fault($"T6: {check.WithoutValue} readings have no value although only the clock was set");
    }
}
