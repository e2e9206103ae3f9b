using Xunit.Sdk;

namespace EdgeGateway.SystemTests.FaultProgramme;

/// <summary>Plays one round of a scenario and turns whatever happens into a record.</summary>
internal static class RoundPlayer
{
    /// <summary>No scenario takes longer; one that hangs must not hold up a night.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    public static async Task<RoundRecord> PlayAsync(IFaultScenario scenario, int seed, string commit)
    {
        var start = TimeProvider.System.GetTimestamp();
        var (outcome, skipped, broke) = await TryAsync(scenario, seed);
        return new RoundRecord(scenario.Name, seed, outcome, skipped, broke, Math.Round(TimeProvider.System.GetElapsedTime(start).TotalSeconds, 1), commit);
    }

    private static async Task<(FaultOutcome? Outcome, string? Skipped, string? Broke)> TryAsync(IFaultScenario scenario, int seed)
    {
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        try
        {
            return (await scenario.PlayAsync(seed, patience.Token).WaitAsync(Patience + TimeSpan.FromMinutes(1), TimeProvider.System, CancellationToken.None), null, null);
        }
        catch (SkipException e)
        {
            return (null, e.Message.Replace("$XunitDynamicSkip$", "", StringComparison.Ordinal), null);
        }
#pragma warning disable CA1031 // whatever breaks a round belongs into its record: the soak goes on with the next seed
        catch (Exception e)
#pragma warning restore CA1031
        {
            return (null, null, e.ToString());
        }
    }
}
