using System.Text.RegularExpressions;

namespace EdgeGateway.SystemTests;

/// <summary>
/// The repository's sample site in a folder of its own, its lines on free ports and its broker elsewhere; tests then change what they are about. Its control system is read through Modbus,
/// which needs nobody to accept it, unless a test is about that.
/// </summary>
internal sealed partial class SiteCopy
{
    private const string SampleBroker = "mqtt://127.0.0.1:1883";

    private static readonly string[] Subfolders = ["", "lines", "maps", "secrets"];

    public SiteCopy(string folder, string brokerUrl, bool hasOpcUa = false)
    {
        Folder = folder;
        var sample = Repository.PathOf("config");
        foreach (var subfolder in Subfolders)
        {
            Directory.CreateDirectory(Path.Combine(folder, subfolder));
            foreach (var file in Directory.EnumerateFiles(Path.Combine(sample, subfolder)))
                File.Copy(file, Path.Combine(folder, subfolder, Path.GetFileName(file)));
        }
        if (!hasOpcUa)
        {
            File.Copy(Repository.PathOf("tests", "EdgeGateway.SystemTests", "ModbusDcs", "dcs-1.yaml"), Path.Combine(folder, "lines", "dcs-1.yaml"), overwrite: true);
            File.Copy(Repository.PathOf("tests", "EdgeGateway.SystemTests", "ModbusDcs", "dcs-fgd.csv"), Path.Combine(folder, "maps", "dcs-fgd.csv"), overwrite: true);
        }
        foreach (var file in Directory.EnumerateFiles(Path.Combine(folder, "lines")))
            File.WriteAllText(file, Endpoint().Replace(File.ReadAllText(file), $"tcp://127.0.0.1:{FreePorts.Next()}"));
        // Heads often enough to be seen in a short test.
        Replace("site.yaml", $"- {SampleBroker}", $"- {brokerUrl}\n  head-every: 2s\n  keep-alive: 5s\n  ack-timeout: 5s");
    }

    private SiteCopy(string folder) => Folder = folder;

    public string Folder { get; }

    public string State => Path.Combine(Folder, "state");

    public string SigningCertificate => Path.Combine(State, "keys", "signing.crt");

    public string SigningKey => Path.Combine(State, "keys", "signing.key");

    /// <summary>Another folder with the same site, ports and broker included.</summary>
    public SiteCopy Again(string folder)
    {
        foreach (var subfolder in Subfolders)
        {
            Directory.CreateDirectory(Path.Combine(folder, subfolder));
            foreach (var file in Directory.EnumerateFiles(Path.Combine(Folder, subfolder)))
                File.Copy(file, Path.Combine(folder, subfolder, Path.GetFileName(file)));
        }
        return new SiteCopy(folder);
    }

    /// <summary>Replaces a text that must be there.</summary>
    public void Replace(string file, string old, string by)
    {
        var path = Path.Combine(Folder, file);
        var text = File.ReadAllText(path);
        Assert.True(text.Contains(old, StringComparison.Ordinal), $"{file} has no \"{old}\"; the sample site has changed");
        File.WriteAllText(path, text.Replace(old, by, StringComparison.Ordinal));
    }

    /// <summary>Periods, linger and deadlines as short as they may be, so that a round of the fault programme takes seconds.</summary>
    public void Quicken()
    {
        // Frames without a transaction id: after a timeout the gateway asks another question first, whose values are served and rightly dropped. To the
        // ledger of the devices they would look lost; tests/EdgeGateway.Drivers.Tests/Field judges these lines.
        foreach (var line in new[] { "cems-3", "meters-2" }) File.Delete(Path.Combine(Folder, "lines", $"{line}.yaml"));
        foreach (var line in new[] { "cems-1", "cems-2", "dcs-1" }) Replace($"lines/{line}.yaml", "fast: 1s", "fast: 200ms");
        foreach (var line in new[] { "cems-1", "cems-2" })
        {
            Replace($"lines/{line}.yaml", "slow: 10s", "slow: 1s");
            // Or the fast group's question takes the slow group's registers along, and the devices' ledger holds values that nobody asked for.
            Replace($"lines/{line}.yaml", "unit: 1", "max-gap: 0\n    unit: 1");
        }
        Replace("lines/dcs-1.yaml", "slow: 60s", "slow: 2s");
        Replace("lines/meters-1.yaml", "{ fast: 1s, slow: 60s }", "{ fast: 500ms, slow: 2s }");
        Replace("site.yaml", "linger: 1s", "linger: 200ms");
        Replace("site.yaml", "head-every: 2s\n  keep-alive: 5s\n  ack-timeout: 5s", "head-every: 1s\n  keep-alive: 5s\n  ack-timeout: 3s");
    }

    public void Append(string file, string text) => File.AppendAllText(Path.Combine(Folder, file), text);

    public void Delete(string file) => File.Delete(Path.Combine(Folder, file));

    /// <summary>The line of a file, from 1, in which a text stands first.</summary>
    public int LineOf(string file, string text)
    {
        var at = Array.FindIndex(File.ReadAllLines(Path.Combine(Folder, file)), line => line.Contains(text, StringComparison.Ordinal));
        Assert.True(at >= 0, $"{file} has no \"{text}\"");
        return at + 1;
    }

    public async Task<RunningProgram> Simulated()
    {
        var simulator = RunningProgram.Gateway("simulate", "--site", Folder);
        await simulator.Says("Ctrl-C stops.");
        return simulator;
    }

    public RunningProgram Run() => RunningProgram.Gateway("run", "--site", Folder);

    public RunningProgram Run(string state) => RunningProgram.Gateway("run", "--site", Folder, "--state", state);

    [GeneratedRegex(@"tcp://127\.0\.0\.1:\d+")]
    private static partial Regex Endpoint();
}
