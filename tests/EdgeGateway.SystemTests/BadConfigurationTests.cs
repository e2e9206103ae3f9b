namespace EdgeGateway.SystemTests;

/// <summary>Mistakes in the site folder: told all at once, with file, line and remedy, and nothing is started.</summary>
public sealed class BadConfigurationTests
{
    [Fact]
    public async Task A_missing_site_folder_is_named()
    {
        using var folder = new TemporaryFolder();
        var missing = folder.Sub("not-here");
        foreach (var (command, exitCode) in new[] { ("check", 1), ("run", 2), ("simulate", 2), ("demo", 2) })
        {
            await using var program = await RunningProgram.GatewayToEnd(exitCode, command, "--site", missing);
            Assert.Contains($"no folder \"{missing}\"", program.Errors, StringComparison.Ordinal);
            Assert.Contains("fix: correct --site", program.Errors, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Ten_mistakes_are_told_at_once_each_at_its_place()
    {
        using var folder = new TemporaryFolder();
        var site = new SiteCopy(folder.Sub("site"), "mqtt://127.0.0.1:1");
        (string File, string Right, string Wrong)[] mistakes =
        [
            ("site.yaml", "gateway: gw-1", "gateway: gw 1"),
            ("site.yaml", "linger: 1s", "linger: 1sec"),
            ("site.yaml", "retention: 30d", "retension: 30d"),
            ("site.yaml", "max-size: 2GiB", "max-size: 2 big ones"),
            ("lines/cems-1.yaml", "timeout: 1s", "timeout: 5"),
            ("lines/cems-2.yaml", "map: cems-gas.csv", "map: cems-gaz.csv"),
            ("lines/dcs-1.yaml", "max-registers: 100", "max-registers: 1000"),
            ("lines/meters-1.yaml", "protocol: modbus-tcp", "protocol: modbus-tpc"),
            ("maps/cems-gas.csv", "so2,二氧化硫,sulphur dioxide,fast,holding,2,float32", "so2,二氧化硫,sulphur dioxide,fast,holding,70000,float32"),
            ("maps/dcs-fgd.csv", "load,生产负荷,production load,fast,holding,0,float32", "load,生产负荷,production load,fast,holding,0,float23"),
        ];
        foreach (var (file, right, wrong) in mistakes) site.Replace(file, right, wrong);

        await using var check = await RunningProgram.GatewayToEnd(1, "check", "--site", site.Folder);
        var told = check.Errors.Split('\n');
        foreach (var (file, _, wrong) in mistakes)
            Assert.Single(told, line => line.StartsWith($"{file}:{site.LineOf(file, wrong)}: found ", StringComparison.Ordinal) && line.Contains("; fix: ", StringComparison.Ordinal));
        Assert.Contains($"10 faults in site folder {site.Folder}", told[^1], StringComparison.Ordinal);
        Assert.Equal(11, told.Length);

        await using var run = await RunningProgram.GatewayToEnd(2, "run", "--site", site.Folder);
        Assert.Equal(check.Errors, run.Errors);
        Assert.False(Directory.Exists(site.State));
    }

    [Fact]
    public async Task A_port_in_use_is_named_by_the_simulator()
    {
        using var folder = new TemporaryFolder();
        var site = new SiteCopy(folder.Sub("site"), "mqtt://127.0.0.1:1");
        await using var first = await site.Simulated();
        await using var second = await RunningProgram.GatewayToEnd(2, "simulate", "--site", site.Folder);
        Assert.Contains("Another program has one of the ports", second.Errors, StringComparison.Ordinal);
        await first.Stops("INT");
    }

    [Theory]
    [InlineData("run", "--sit", "config")]
    [InlineData("demo", "--duration", "twelve")]
    [InlineData("demo", "--break", "everything")]
    [InlineData("receive", "--cert", "gateway.crt", "--broker", "tcp://127.0.0.1:1883")]
    [InlineData("receive", "--cert", "gateway.crt", "--broker", "127.0.0.1")]
    [InlineData("receive", "--cert", "gateway.crt", "--broker", "tcp://127.0.0.1:1883", "--ca", "not-here.crt")]
    [InlineData("receive", "--cert", "gateway.crt", "--broker", "mqtts://127.0.0.1:1", "--ca", "not-here.crt")]
    [InlineData("receive", "--cert", "gateway.crt", "--broker", "mqtt://127.0.0.1:1", "--username", "u", "--password-file", "not-here")]
    [InlineData("verify", "received.egb1")]
    [InlineData("verify", "--cert", "gateway.crt", "")]
    [InlineData("check", "--site", "")]
    [InlineData("run", "--site", "config", "--state", "")]
    public async Task Arguments_that_cannot_be_meant_are_refused_with_the_code_for_that(params string[] arguments)
    {
        await using var program = await RunningProgram.GatewayToEnd(2, arguments);
        Assert.NotEqual("", program.Errors);
        Assert.DoesNotContain("Unhandled exception", program.Said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mqtt", "--ca", "--ca is for mqtts:// only")]
    [InlineData("mqtts", "--client-cert", "--client-cert and --client-key belong together")]
    [InlineData("mqtt", "--password-file", "--password-file needs --username")]
    public async Task An_option_that_would_have_no_effect_is_refused(string scheme, string option, string told)
    {
        var certificate = Repository.PathOf("tests", "vectors", "gateway.crt");
        await using var program = await RunningProgram.GatewayToEnd(2, "receive", "--cert", certificate, "--broker", $"{scheme}://127.0.0.1:1", option, certificate);
        Assert.Contains(told, program.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receiver_that_never_reached_its_broker_has_no_verdict()
    {
        using var folder = new TemporaryFolder();
        await using var program = await RunningProgram.GatewayToEnd(2, "receive", "--duration", "2s", "--out", folder.Sub("out"),
            "--cert", Repository.PathOf("tests", "vectors", "gateway.crt"), "--broker", "mqtt://127.0.0.1:1");
        Assert.Contains("nothing was judged", program.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Result:", program.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_breakage_that_does_not_exist_is_told_in_the_words_of_the_manual()
    {
        await using var program = await RunningProgram.GatewayToEnd(2, "demo", "--break", "plant");
        Assert.Contains("--break plant: expected broker, device or link", program.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_where_a_folder_belongs_and_a_folder_where_a_file_belongs_are_named_as_such()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Sub("file");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);
        var certificate = Repository.PathOf("tests", "vectors", "gateway.crt");
        await using var run = await RunningProgram.GatewayToEnd(2, "run", "--site", Repository.PathOf("config"), "--state", file);
        Assert.Contains($"{file} is a file, not a folder", run.Errors, StringComparison.Ordinal);
        await using var receive = await RunningProgram.GatewayToEnd(2, "receive", "--cert", certificate, "--broker", "mqtt://127.0.0.1:1", "--out", file);
        Assert.Contains($"{file} is a file", receive.Errors, StringComparison.Ordinal);
        await using var verify = await RunningProgram.GatewayToEnd(2, "verify", "--cert", certificate, folder.Path);
        Assert.Contains($"{folder.Path} is a folder", verify.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_in_a_broker_url_is_refused_and_not_repeated()
    {
        await using var program = await RunningProgram.GatewayToEnd(2, "receive", "--cert", "gateway.crt", "--broker", "mqtt://gw-1:canary-Jx83hKq@127.0.0.1:1883");
        Assert.Contains("--password-file", program.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", program.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_is_not_there_is_named_by_everyone_who_needs_it()
    {
        using var folder = new TemporaryFolder();
        var missing = folder.Sub("gateway.crt");
        await using var verify = await RunningProgram.GatewayToEnd(2, "verify", "--cert", missing, Repository.PathOf("tests", "vectors", "valid-short.egb1"));
        Assert.Contains(missing, verify.Errors, StringComparison.Ordinal);
        await using var receive = await RunningProgram.GatewayToEnd(2, "receive", "--cert", missing, "--broker", "mqtt://127.0.0.1:1", "--out", folder.Sub("out"));
        Assert.Contains(missing, receive.Errors, StringComparison.Ordinal);
        await using var keys = await RunningProgram.GatewayToEnd(2, "keys", "show", "--state", folder.Path);
        Assert.Contains(folder.Path, keys.Errors, StringComparison.Ordinal);
    }
}
