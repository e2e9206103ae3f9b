using System.Globalization;
using System.Text.RegularExpressions;

namespace EdgeGateway.SystemTests;

/// <summary>The gateway is killed again and again, at moments nobody chose.</summary>
public sealed partial class CrashTests
{
    private const int Rounds = 8;
    private const int Seed = 20_260_412;
    private static readonly TimeSpan LongestLife = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Kill_after_kill_leaves_named_gaps_and_an_unbroken_chain()
    {
        using var folder = new TemporaryFolder();
        await using var platform = new Platform();
        await platform.Start();
        var site = new SiteCopy(folder.Sub("site"), platform.Url);
        await using var plant = await site.Simulated();
        // The moments are drawn from a seed; where exactly they meet the program is up to the machine.
        var random = new Random(Seed);
        var boots = new List<string>();
        for (var round = 0; round < Rounds; round++)
        {
            await using var gateway = site.Run();
            // Any moment of its life, the start included: the first round lives long enough to begin.
            if (round == 0) await gateway.Says("recording as boot");
            await Task.Delay(LongestLife * random.NextDouble(), TimeProvider.System, CancellationToken.None);
            Assert.False(gateway.HasEnded, $"it ended by itself\n{gateway}");
            await gateway.Kill();
            boots.AddRange(BootsIn(gateway));
        }

        await using var last = site.Run();
        await last.Says("connected to");
        await last.Stops();
        boots.AddRange(BootsIn(last));
        await last.Until(() => platform.Lines.Any(line => line.Contains("\"ev\":\"shutdown\"", StringComparison.Ordinal)), "the last words at the platform");

        var verdict = await Judgement.Clean(site.SigningCertificate, platform.Save(folder.Sub("received.egb1")));
        Assert.All(verdict.GetProperty("streams").EnumerateArray(), stream => Assert.Equal(1, stream.GetProperty("lo").GetInt64()));
        var crashed = platform.Payloads.Where(payload => payload.GetProperty("k").GetString() == "gap" && payload.GetProperty("cause").GetString() == "crashed")
            .Select(gap => gap.GetProperty("prev").GetString()!).ToHashSet(); // a string, or the verdict were not clean
        Assert.True(boots.Count > Rounds / 2, string.Create(CultureInfo.InvariantCulture, $"only {boots.Count} starts got as far as recording: the test is not about crashes then"));
        Assert.Empty(boots.SkipLast(1).Except(crashed));
    }

    private static IEnumerable<string> BootsIn(RunningProgram gateway) => Boot().Matches(gateway.Said).Select(match => match.Groups[1].Value);

    [GeneratedRegex("recording as boot ([0-9a-f]{16})")]
    private static partial Regex Boot();
}
