namespace EdgeGateway.SystemTests.FaultProgramme.SimulatedTime;

/// <summary>Two weeks at about one poll a minute with nothing wrong; the first seed plays a day of it.</summary>
internal sealed class Fortnight : IFaultScenario
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(61);

    public string Name => "fortnight";

    public int Rounds => 1;

    public Task<FaultOutcome> PlayAsync(int seed, CancellationToken cancellationToken) =>
        Task.Run(() => PlayAsync(TimeSpan.FromDays(seed <= Rounds ? 1 : 14), cancellationToken), cancellationToken);

    private static async Task<FaultOutcome> PlayAsync(TimeSpan length, CancellationToken cancellationToken)
    {
        var history = new RoundHistory { Linger = TimeSpan.FromSeconds(59) };
        await using var run = await SimulatedRun.StartAsync(Period, history.Linger, cancellationToken, storeBytes: Uneventful.StoreBytes).ConfigureAwait(false);
        await Uneventful.PassAsync(run, Period, length, history).ConfigureAwait(false);
        return await run.JudgeAsync(history).ConfigureAwait(false);
    }
}
