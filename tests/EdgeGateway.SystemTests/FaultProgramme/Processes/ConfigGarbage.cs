using System.Security.Cryptography;
using EdgeGateway.Config;

namespace EdgeGateway.SystemTests.FaultProgramme.Processes;

/// <summary>
/// Files of the site folder cut short, emptied, blown up, flipped or saved in another encoding: the start is refused with the faults named and the state
/// folder stays as it was; with the good files it goes on.
/// </summary>
internal sealed class ConfigGarbage : IFaultScenario
{
    private const int Spoilings = 3;

    public string Name => "config-garbage";

    public int Rounds => 1;

    public async Task<FaultOutcome> PlayAsync(int seed, CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        await using var broker = new ReceivingBroker();
        broker.Start();
        await using var stage = new Stage(broker.Url, broker.Ledger);
        await stage.StartPlantAsync(cancellationToken);
        await stage.StartAsync();
        await stage.DeliversAsync("the first start");
        await stage.EndAsync();
        var state = Fingerprint(stage.State);
        for (var time = 0; time < Spoilings; time++)
        {
            stage.History.Harms++;
            var (file, good) = Spoil(stage.Site.Folder, random);
            await RefusedAsync(stage, "run", 2, Path.GetFileName(file));
            await RefusedAsync(stage, "check", 1, Path.GetFileName(file));
            File.WriteAllBytes(file, good);
        }
        if (!state.SequenceEqual(Fingerprint(stage.State))) stage.History.Fault("a start that was refused changed the state folder");
        await stage.StartAsync();
        await stage.DeliversAsync("a refused configuration");
        await stage.EndAsync();
        return await stage.JudgeAsync();
    }

    private static async Task RefusedAsync(Stage stage, string command, int exitCode, string file)
    {
        await using var refused = await RunningProgram.GatewayToEnd(exitCode, command, "--site", stage.Site.Folder);
        if (!refused.Errors.Contains("; fix: ", StringComparison.Ordinal)) stage.History.Fault($"{command} refuses a spoilt {file} without a remedy: {refused.Errors}");
        if (refused.Errors.Contains("   at ", StringComparison.Ordinal)) stage.History.Fault($"{command} answers a spoilt {file} with a stack trace");
    }

    private static (string File, byte[] Good) Spoil(string folder, Random random)
    {
        string[] files = [.. Directory.EnumerateFiles(folder, "*.yaml").Concat(Directory.EnumerateFiles(Path.Combine(folder, "lines"))).Concat(Directory.EnumerateFiles(Path.Combine(folder, "maps"))).Order(StringComparer.Ordinal)];
        while (true)
        {
            var file = files[random.Next(files.Length)];
            var good = File.ReadAllBytes(file);
            File.WriteAllBytes(file, Spoilt(good, random));
            // A change that happens to hit a comment is none.
            if (PlantLoader.Load(folder).Plant is null) return (file, good);
            File.WriteAllBytes(file, good);
        }
    }

    private static byte[] Spoilt(byte[] good, Random random)
    {
        switch (random.Next(6))
        {
            case 0:
                return [];
            case 1:
                return good[..random.Next(good.Length)];
            case 2:
                return [.. good, .. new byte[17 << 20]];
            case 3:
                var noise = new byte[random.Next(1, 4096)];
                random.NextBytes(noise);
                return noise;
            case 4:
                // Half of a character of GBK, as an editor leaves it that cuts by bytes.
                return [.. good[..(good.Length / 2)], 0xC4, 0xE3, 0xBA, .. good[(good.Length / 2)..]];
            default:
                var flipped = good.ToArray();
                for (var i = 0; i < 20; i++) flipped[random.Next(flipped.Length)] ^= (byte)(1 << random.Next(8));
                return flipped;
        }
    }

    private static byte[] Fingerprint(string folder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes(file));
            hash.AppendData(File.ReadAllBytes(file));
        }
        return hash.GetHashAndReset();
    }
}
