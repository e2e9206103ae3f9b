namespace EdgeGateway.SystemTests;

/// <summary>The demo, as somebody sees it who has just cloned the repository and pipes it into a file.</summary>
public sealed class DemoTests
{
    [Fact]
    public async Task It_proves_itself_in_plain_lines()
    {
        await using var demo = await RunningProgram.GatewayToEnd(0, "demo", "--duration", "12s", "--site", Repository.PathOf("config"));
        Assert.Contains("VERDICT: clean.", demo.Output, StringComparison.Ordinal);
        Assert.Contains("Writes to plant equipment: 0.", demo.Output, StringComparison.Ordinal);
        Assert.Equal("", demo.Errors);
        Assert.DoesNotContain('\u001b', demo.Output);
        Assert.DoesNotContain('\r', demo.Output);
    }

    [Fact]
    public async Task A_second_demo_in_the_same_folder_goes_on_where_the_first_ended()
    {
        using var folder = new TemporaryFolder();
        for (var run = 1; run <= 2; run++)
        {
            await using var demo = await RunningProgram.GatewayToEnd(0, "demo", "--duration", "4s", "--site", Repository.PathOf("config"), "--state", folder.Path);
            Assert.Contains("VERDICT: clean.", demo.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("has not got everything", demo.Output, StringComparison.Ordinal);
            Assert.Equal(run == 2, demo.Output.Contains("readings of earlier demos in this folder", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task It_proves_itself_whatever_is_broken()
    {
        string[] breakages = ["broker", "device", "link"];
        using var folder = new TemporaryFolder();
        // Side by side: they mostly wait.
        var demos = breakages.Select(breakage => RunningProgram.Gateway(
            "demo", "--duration", "12s", "--break", breakage, "--site", Repository.PathOf("config"), "--state", folder.Sub(breakage))).ToList();
        try
        {
            foreach (var (breakage, demo) in breakages.Zip(demos))
            {
                await demo.Ends(0);
                Assert.Contains("Broken on purpose", demo.Output, StringComparison.Ordinal);
                Assert.Contains("Mended.", demo.Output, StringComparison.Ordinal);
                Assert.Contains("VERDICT: clean.", demo.Output, StringComparison.Ordinal);
                await Judgement.CleanForBoth(folder.Sub(breakage, "gateway", "keys", "signing.crt"), folder.Sub(breakage, "receiver", "received.egb1"));
            }
        }
        finally
        {
            foreach (var demo in demos) await demo.DisposeAsync();
        }
    }
}
