namespace EdgeGateway.SystemTests.FaultProgramme.SimulatedTime;

/// <summary>A day at one poll a second with nothing wrong: every slot is read, every value arrives, and nothing grows. The first seed plays two hours of it.</summary>
internal sealed class Day : IFaultScenario
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    public string Name => "day";

    public int Rounds => 1;

    public Task<FaultOutcome> PlayAsync(int seed, CancellationToken cancellationToken) =>
        Task.Run(() => PlayAsync(seed <= Rounds ? TimeSpan.FromHours(2) : TimeSpan.FromDays(1), cancellationToken), cancellationToken);

    private static async Task<FaultOutcome> PlayAsync(TimeSpan length, CancellationToken cancellationToken)
    {
        var history = new RoundHistory { Linger = TimeSpan.FromSeconds(10) };
        await using var run = await SimulatedRun.StartAsync(Period, history.Linger, cancellationToken, storeBytes: Uneventful.StoreBytes).ConfigureAwait(false);
        await Uneventful.PassAsync(run, Period, length, history).ConfigureAwait(false);
        return await run.JudgeAsync(history).ConfigureAwait(false);
    }
}
