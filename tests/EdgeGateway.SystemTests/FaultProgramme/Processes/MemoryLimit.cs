using System.Globalization;

namespace EdgeGateway.SystemTests.FaultProgramme.Processes;

/// <summary>150 MB of managed memory and 256 file handles, with a backlog that gathers and drains: it does with what it has (I8).</summary>
internal sealed class MemoryLimit : IFaultScenario
{
    private const int MostHandles = 256;
    private const long MostResidentKilobytes = 300_000;

    public string Name => "memory-limit";

    public int Rounds => 1;

    public bool MostlyWaits => true;

    public async Task<FaultOutcome> PlayAsync(int seed, CancellationToken cancellationToken)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "prlimit and /proc are Linux's");
        var random = new Random(seed);
        await using var broker = new ReceivingBroker();
        broker.Start();
        await using var stage = new Stage(broker.Url, broker.Ledger, run: site => RunningProgram.Start("prlimit",
            [string.Create(CultureInfo.InvariantCulture, $"--nofile={MostHandles}:{MostHandles}"), "env", "DOTNET_GCHeapHardLimit=0x9600000", .. RunningProgram.GatewayCommand, "run", "--site", site.Folder]));
        await stage.StartPlantAsync(cancellationToken);
        await stage.StartAsync();
        await stage.DeliversAsync("the first start");
        stage.History.Harms++;
        await broker.StopAsync();
        await Stage.LiveAsync(TimeSpan.FromSeconds(4 + 8 * random.NextDouble()), cancellationToken);
        broker.Start();
        await stage.DeliversAsync("an outage under a limit");
        var resident = Resident(stage.Gateway.Id);
        if (resident > MostResidentKilobytes) stage.History.Fault($"I8: it held {resident} kB of memory, at most {MostResidentKilobytes} are allowed");
        await stage.EndAsync();
        return await stage.JudgeAsync();
    }

    // The most it ever held.
    private static long Resident(int process) => long.Parse(
        File.ReadLines($"/proc/{process}/status").Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture);
}
