namespace EdgeGateway.SystemTests.FaultProgramme.SimulatedTime;

/// <summary>Time in which nothing is wrong, so nothing may go wrong: no reading without value, no connection lost, no memory kept.</summary>
internal static class Uneventful
{
    /// <summary>The least that may be configured: what the store keeps in memory of its journal has filled up within the first third of a short run.</summary>
    public const long StoreBytes = 4L << 20;

    private const int Looks = 24;

    public static async Task PassAsync(SimulatedRun run, TimeSpan period, TimeSpan length, RoundHistory history)
    {
        var pace = new SteadyPace(run, period, history);
        await run.PassAsync(20 * period).ConfigureAwait(false); // buffers and pools have grown by then
        for (var look = 0; look < Looks; look++)
        {
            pace.Look();
            await pace.PassAsync(length / Looks, isHealthy: true).ConfigureAwait(false);
        }
        pace.Judge();
        var status = run.Gateway.Status;
        if (status.Reconnects > 0) history.Fault($"T18: the uplink was lost {status.Reconnects} times although nothing was wrong");
        if (status.SkippedSlots > 0) history.Fault($"T18: {status.SkippedSlots} slots were skipped although nothing was wrong");
        if (status.GoodReadings != status.Readings) history.Fault($"T18: {status.Readings - status.GoodReadings} of {status.Readings} readings have no value although nothing was wrong");
    }
}
