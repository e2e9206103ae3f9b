namespace EdgeGateway.SystemTests;

/// <summary>The lines of a stopped gateway's store as a file: whole, in order, and never at the cost of something else.</summary>
public sealed class ExportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SiteCopy _site;

    public ExportTests() => _site = new SiteCopy(_folder.Sub("site"), "mqtt://127.0.0.1:1");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_a_stopped_gateway_keeps_verifies_and_a_range_of_it_is_cut_out()
    {
        await RunOnce();
        var whole = _folder.Sub("whole.egb1");
        await using var export = await Export(0, "--out", whole);
        Assert.Contains("readings: ", export.Output, StringComparison.Ordinal);
        await Judgement.Clean(_site.SigningCertificate, whole);

        var part = _folder.Sub("part.egb1");
        await using var cut = await Export(0, "--out", part, "--stream", "readings", "--from", "2", "--to", "3");
        Assert.Contains("readings: 2 lines, 2 to 3", cut.Output, StringComparison.Ordinal);
        var readings = File.ReadLines(whole).Where(line => line.Contains("\"st\":\"readings\",\"sq\":", StringComparison.Ordinal)); // seals name streams, too
        Assert.Equal(readings.Skip(1).Take(2), File.ReadLines(part));
    }

    [Fact]
    public async Task A_file_that_is_there_is_replaced_only_if_that_is_asked_for()
    {
        await RunOnce();
        var file = _folder.Sub("file");
        File.WriteAllText(file, "precious");
        await using (var refused = await Export(2, "--out", file)) Assert.Contains("--overwrite", refused.Errors, StringComparison.Ordinal);
        Assert.Equal("precious", File.ReadAllText(file));
        await using (var replaced = await Export(0, "--out", file, "--overwrite")) Assert.Equal("", replaced.Errors);
        await Judgement.Clean(_site.SigningCertificate, file);
    }

    [Fact]
    public async Task A_store_in_use_is_refused_and_its_gateway_goes_on()
    {
        await using var gateway = _site.Run();
        await gateway.Says("recording as boot");
        await using var export = await Export(2, "--out", _folder.Sub("out"));
        Assert.Contains(_site.State, export.Errors, StringComparison.Ordinal);
        Assert.Contains("in use by another gateway process", export.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.Sub("out")));
        await gateway.Stops();
    }

    [Fact]
    public async Task A_store_that_cannot_be_continued_is_refused_and_left_as_it_is()
    {
        await RunOnce();
        var outbox = Path.Combine(_site.State, "outbox");
        File.WriteAllBytes(Path.Combine(outbox, "journal-a"), File.ReadAllBytes(Path.Combine(outbox, "journal-a"))[..20_000]);
        var before = Directory.GetFiles(outbox).Order(StringComparer.Ordinal).Select(file => (file, new FileInfo(file).Length)).ToList();
        await using var export = await Export(2, "--out", _folder.Sub("out"));
        Assert.Contains("cannot be continued", export.Errors, StringComparison.Ordinal);
        Assert.Equal(before, Directory.GetFiles(outbox).Order(StringComparer.Ordinal).Select(file => (file, new FileInfo(file).Length)));
    }

    [Fact]
    public async Task A_folder_without_a_store_is_named_and_stays_as_it_was()
    {
        await using var export = await Export(2, "--out", _folder.Sub("out"));
        Assert.Contains("there is no store in", export.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_site.State));
    }

    [Theory]
    [InlineData("--stream", "reading", "expected events or aggregates or readings")]
    [InlineData("--from", "0", "1 ≤ from ≤ to")]
    [InlineData("--to", "x", "'x'")]
    public async Task A_range_that_cannot_be_meant_is_refused(string option, string value, string told)
    {
        await using var export = await Export(2, "--out", _folder.Sub("out"), option, value);
        Assert.Contains(told, export.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_range_that_is_not_kept_leaves_no_empty_file_behind()
    {
        await RunOnce();
        await using var export = await Export(1, "--out", _folder.Sub("out"), "--from", "100000");
        Assert.Contains("nothing of events and aggregates and readings is kept", export.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.Sub("out")));
    }

    private Task<RunningProgram> Export(int expected, params string[] arguments) => RunningProgram.GatewayToEnd(expected, ["export", "--state", _site.State, .. arguments]);

    // Its devices are not there, so every slot becomes a reading that says so.
    private async Task RunOnce()
    {
        await using var gateway = _site.Run();
        await gateway.Says("line cems-1 is down");
        await gateway.Stops();
    }
}
