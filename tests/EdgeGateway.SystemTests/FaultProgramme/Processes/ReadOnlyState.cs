namespace EdgeGateway.SystemTests.FaultProgramme.Processes;

/// <summary>
/// Somebody takes away the right to write to the state folder while the gateway runs as an ordinary user, restarts it, and gives the right back: what is
/// open goes on, a start is refused by name, and nothing is lost in between that is not named.
/// </summary>
internal sealed class ReadOnlyState : IFaultScenario
{
    private const string Nobody = "65534";

    public string Name => "read-only";

    public int Rounds => 1;

    public async Task<FaultOutcome> PlayAsync(int seed, CancellationToken cancellationToken)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "running the gateway as another user needs Linux and root");
        var random = new Random(seed);
        await using var broker = new ReceivingBroker();
        broker.Start();
        await using var stage = new Stage(broker.Url, broker.Ledger, run: site => RunningProgram.Start("setpriv",
            ["--reuid", Nobody, "--regid", Nobody, "--clear-groups", .. RunningProgram.GatewayCommand, "run", "--site", site.Folder]));
        Directory.CreateDirectory(stage.State);
        await Sh($"chmod -R a+rX {stage.Sub("")} && chown -R {Nobody} {stage.State}");
        await stage.StartPlantAsync(cancellationToken);
        await stage.StartAsync();
        await stage.DeliversAsync("the first start");

        stage.History.Harms++;
        await Sh($"chmod -R a-w {stage.State}");
        await Stage.LiveAsync(TimeSpan.FromSeconds(1 + 2 * random.NextDouble()), cancellationToken);
        if (random.Next(2) == 0) await stage.KillAsync();
        else await stage.Gateway.Stops();
        var refused = stage.Launch();
        await refused.Ends(2);
        if (!refused.Errors.Contains(stage.State, StringComparison.Ordinal)) stage.History.Fault($"the refusal does not name the folder: {refused.Errors}");
        await Sh($"chmod -R u+w {stage.State}");
        await stage.StartAsync();
        await stage.DeliversAsync("a state folder that could not be written");
        await stage.EndAsync();
        return await stage.JudgeAsync();
    }

    private static async Task Sh(string command)
    {
        await using var sh = RunningProgram.Start("/bin/sh", "-c", command);
        await sh.Ends(0);
    }
}
