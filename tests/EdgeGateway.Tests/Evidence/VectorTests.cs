using System.Text;
using System.Text.Json;
using EdgeGateway.Evidence;

namespace EdgeGateway.Tests.Evidence;

public class VectorTests
{
    private static readonly string Folder = FindFolder();

    public static TheoryData<string> Files => [.. Expected().EnumerateObject().Select(file => file.Name)];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_vector_gets_exactly_its_verdict(string file)
    {
        var expected = Expected().GetProperty(file);
        var verdict = Verify(file);
        var codes = verdict.Faults.Select(fault => fault.Code).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(expected.GetProperty("faults").EnumerateArray().Select(code => code.GetString()), codes);
        Assert.Equal(expected.GetProperty("ok").GetBoolean(), verdict.IsOk);
        Assert.Equal(expected.GetProperty("payloads").GetInt64(), verdict.Payloads);
        Assert.Equal(expected.GetProperty("duplicates").GetInt64(), verdict.Duplicates);
        Assert.Equal(expected.GetProperty("readings").GetInt64(), verdict.Readings);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_verdict_survives_its_json(string file)
    {
        var json = Verify(file).ToJson();
        Assert.Equal(json, Verdict.FromJson(json).ToJson());
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void The_order_of_the_lines_does_not_matter(string file)
    {
        // Which of two forks stands does depend on the order, by the page.
        if (file.StartsWith("fork", StringComparison.Ordinal)) return;
        var lines = EgbFile.Lines(Path.Combine(Folder, file)).Select(line => line.ToArray()).ToArray();
        var inOrder = Verify(file, lines);
        new Random(7).Shuffle(lines);
        var shuffled = Verify(file, lines);
        Assert.Equal(WithoutLines(inOrder), WithoutLines(shuffled));
    }

    public static TheoryData<string> Commands => [.. CommandVectors().EnumerateObject().Select(command => command.Name)];

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_command_does_what_its_vector_says(string name)
    {
        var vector = CommandVectors().GetProperty(name);
        using var keys = TrustedKeys.Load(Path.Combine(Folder, "gateway.crt"));
        var gate = new CommandGate(keys, "site-1", "gw-1", epoch: 3);

        var command = gate.Admit(Encoding.UTF8.GetBytes(vector.GetProperty("line").GetString()!), newest: 6, out _);

        var objection = "";
        var isDone = command?.Order(out objection) is not null;
        Assert.Equal(vector.GetProperty("ok").ValueKind, command is null ? JsonValueKind.Null : isDone ? JsonValueKind.True : JsonValueKind.False);
        Assert.Equal(vector.TryGetProperty("why", out var why) ? why.GetString() : "", objection);
    }

    [Fact]
    public void Every_file_of_the_folder_has_a_verdict()
    {
        var files = Directory.GetFiles(Folder, "*.egb1").Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal);
        Assert.Equal(files, Expected().EnumerateObject().Select(file => file.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_verdict_json_has_the_members_of_the_page_in_its_order()
    {
        var verdict = Verify("sequence-missing.egb1");
        Assert.StartsWith(
            "{\"ok\":false,\"lines\":6,\"payloads\":6,\"duplicates\":0,\"readings\":12,\"faults\":[{\"code\":\"missing\",\"st\":\"readings\",\"sq\":",
            verdict.ToJson(), StringComparison.Ordinal);
        Assert.Matches("""\],"streams":\[\{"gw":"[^"]+","ep":1,"st":"readings","lo":1,"hi":6,"hh":"[A-Za-z0-9_-]{43}"\}\]\}$""", verdict.ToJson());
    }

    [Fact]
    public void The_page_for_people_names_streams_and_faults()
    {
        var text = Verify("sequence-missing.egb1").ToText();
        Assert.StartsWith("Result: 1 fault.\n", text, StringComparison.Ordinal);
        Assert.Contains("epoch 1, readings: 1 to 6", text, StringComparison.Ordinal);
        Assert.Contains("missing (1)", text, StringComparison.Ordinal);
        Assert.StartsWith("Result: no faults.\n", Verify("valid-short.egb1").ToText(), StringComparison.Ordinal);
    }

    private static string WithoutLines(Verdict verdict) => (verdict with
    {
        Faults = [.. verdict.Faults.Select(fault => fault with { Line = 0 }).OrderBy(fault => (fault.Stream, fault.Sequence, fault.Code, fault.Text))],
    }).ToJson();

    private static Verdict Verify(string file) => Verify(file, EgbFile.Lines(Path.Combine(Folder, file)).Select(line => line.ToArray()).ToArray());

    private static Verdict Verify(string file, byte[][] lines)
    {
        using var keys = TrustedKeys.Load(Path.Combine(Folder, "gateway.crt"), Path.Combine(Folder, "gateway-sm2.pub"));
        var revoked = Path.Combine(Folder, Path.ChangeExtension(file, ".revoked.json"));
        if (File.Exists(revoked)) RevocationList.Load(revoked, keys);
        var changes = new KeyChanges();
        foreach (var line in lines) changes.Add(line);
        changes.TeachTo(keys);
        var verifier = new ChainVerifier(keys);
        foreach (var line in lines) verifier.Add(line);
        return verifier.Finish();
    }

    private static JsonElement CommandVectors() => JsonElement.Parse(File.ReadAllBytes(Path.Combine(Folder, "commands.json")));

    private static JsonElement Expected() => JsonElement.Parse(File.ReadAllBytes(Path.Combine(Folder, "verdicts.json")));

    private static string FindFolder()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            var vectors = Path.Combine(folder, "tests", "vectors");
            if (Directory.Exists(vectors)) return vectors;
        }
        throw new DirectoryNotFoundException($"no folder tests/vectors above {AppContext.BaseDirectory}");
    }
}
