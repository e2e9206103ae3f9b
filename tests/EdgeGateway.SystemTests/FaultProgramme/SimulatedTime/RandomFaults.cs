using EdgeGateway.PlantSimulator;

namespace EdgeGateway.SystemTests.FaultProgramme.SimulatedTime;

/// <summary>
/// Every one to ten minutes something breaks for up to two: a device in one of its ways, a line, or the way to the broker. The first seed plays two hours
/// of it, the others a day.
/// </summary>
internal sealed class RandomFaults : IFaultScenario
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Healing = TimeSpan.FromMinutes(5);

    private static readonly Func<Random, Fault>[] DeviceFaults =
    [
        _ => Fault.Silent, _ => Fault.Duplicate, _ => Fault.ForeignUnit, _ => Fault.WrongFunction, _ => Fault.WrongLength, _ => Fault.WrongByteCount,
        _ => Fault.Split, _ => Fault.Glued, _ => Fault.StaleTransaction, _ => Fault.ResetMidFrame, _ => Fault.GarbageHeader, _ => Fault.Frozen,
        random => Fault.SlowReply(TimeSpan.FromMilliseconds(random.Next(50, 1500))),
        random => Fault.LateReply(TimeSpan.FromMilliseconds(random.Next(400, 3000))),
        random => Fault.SplitEvery(TimeSpan.FromMilliseconds(random.Next(1, 40))),
        random => Fault.Exception((byte)random.Next(1, 12)),
    ];

    public string Name => "random-faults";

    public int Rounds => 1;

    public Task<FaultOutcome> PlayAsync(int seed, CancellationToken cancellationToken) =>
        Task.Run(() => PlayAsync(seed, TimeSpan.FromHours(seed <= Rounds ? 2 : 24), cancellationToken), cancellationToken);

    private static async Task<FaultOutcome> PlayAsync(int seed, TimeSpan length, CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        var history = new RoundHistory { Linger = TimeSpan.FromSeconds(5) };
        await using var run = await SimulatedRun.StartAsync(Period, history.Linger, cancellationToken).ConfigureAwait(false);
        var pace = new SteadyPace(run, Period, history);
        await run.PassAsync(Healing).ConfigureAwait(false);
        while (run.Clock.Elapsed < length)
        {
            pace.Look();
            var mend = await BreakAsync(run, random).ConfigureAwait(false);
            await pace.PassAsync(TimeSpan.FromSeconds(random.Next(5, 120)), isHealthy: false).ConfigureAwait(false);
            mend();
            await pace.PassAsync(TimeSpan.FromSeconds(random.Next(60, 600)), isHealthy: false).ConfigureAwait(false);
        }
        var good = run.Gateway.Status.GoodReadings;
        // The longest back-off of a device, a line and the uplink is two minutes and a fifth.
        await run.PassAsync(Healing).ConfigureAwait(false);
        if (run.Gateway.Status.GoodReadings == good) history.Fault("I9: no reading has a value although everything has been mended");
        var mended = run.Clock.Elapsed;
        await run.PassUntilAsync(() => run.Gateway.Depth.Undelivered == 0, Healing).ConfigureAwait(false);
        history.Recovered("the last of the backlog", run.Clock.Elapsed - mended, TimeSpan.FromSeconds(60));
        good = run.Gateway.Status.Readings - run.Gateway.Status.GoodReadings;
        await pace.PassAsync(TimeSpan.FromMinutes(1), isHealthy: true).ConfigureAwait(false);
        if (run.Gateway.Status.Readings - run.Gateway.Status.GoodReadings != good) history.Fault("I9: readings without value although everything was mended minutes ago");
        pace.Judge();
        return await run.JudgeAsync(history).ConfigureAwait(false);
    }

    private static async Task<Action> BreakAsync(SimulatedRun run, Random random)
    {
        switch (random.Next(6))
        {
            case 0:
                var line = run.Devices.Lines[random.Next(run.Devices.Lines.Count)];
                line.Fault = random.Next(2) == 0 ? LineFault.RefuseConnections : LineFault.DropConnections;
                return () => line.Fault = LineFault.None;
            case 1:
                if (random.Next(2) == 0) await run.CutAsync().ConfigureAwait(false);
                else run.Link.Mode = LinkMode.BlackHole;
                return () => run.Link.Mode = LinkMode.Pass;
            default:
                var devices = run.Devices.Devices.ToList();
                var device = devices[random.Next(devices.Count)];
                device.Fault = DeviceFaults[random.Next(DeviceFaults.Length)](random);
                return () => device.Fault = Fault.None;
        }
    }
}
