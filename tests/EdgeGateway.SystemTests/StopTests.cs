namespace EdgeGateway.SystemTests;

/// <summary>Ctrl-C and the service manager's SIGTERM: exit code 0, and the next start goes on where this one was.</summary>
public sealed class StopTests
{
    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task A_stop_while_running_is_an_orderly_stop(string signal)
    {
        using var folder = new TemporaryFolder();
        await using var platform = new Platform();
        await platform.Start();
        var site = new SiteCopy(folder.Sub("site"), platform.Url);
        await using var plant = await site.Simulated();
        await using (var first = site.Run())
        {
            await first.Until(() => platform.QualitiesOf("cems-1.so2").Count >= 2, "two slots at the platform");
            await first.Stops(signal);
        }
        await using var second = site.Run();
        await second.Says("the boot before: stopped");
        await second.Says("connected to");
        await second.Stops(signal);
        Assert.Contains(platform.Payloads, payload => payload.TryGetProperty("how", out var how) && how.GetString() == "stopped");
        await Judgement.Clean(site.SigningCertificate, platform.Save(folder.Sub("received.egb1")));
    }

    [Theory]
    [InlineData("the state folder is there", "INT")]
    [InlineData("the signing key is there", "TERM")]
    [InlineData("recording has begun", "INT")]
    public async Task A_stop_in_the_middle_of_the_start_is_no_failure_and_the_next_start_goes_on(string sign, string signal)
    {
        using var folder = new TemporaryFolder();
        await using var platform = new Platform();
        await platform.Start();
        var site = new SiteCopy(folder.Sub("site"), platform.Url);
        await using var plant = await site.Simulated();
        await using (var stopped = site.Run())
        {
            await stopped.Until(() => sign switch
            {
                "the state folder is there" => Directory.Exists(site.State),
                "the signing key is there" => File.Exists(site.SigningKey),
                _ => stopped.Times("recording as boot") > 0,
            }, sign);
            await stopped.Stops(signal);
            Assert.Equal("", stopped.Errors);
        }
        await using var next = site.Run();
        await next.Says("the boot before: ");
        await next.Until(() => platform.QualitiesOf("cems-1.so2").Count >= 2, "two slots at the platform");
        await next.Stops(signal);
        Assert.DoesNotContain("the boot before: crashed", next.Said, StringComparison.Ordinal);
        await Judgement.Clean(site.SigningCertificate, platform.Save(folder.Sub("received.egb1")));
    }
}
