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

    [Theory]
    [InlineData("key-changed.egb1", 0)]
    [InlineData("key-changed-twice.egb1", 0)]
    [InlineData("key-changed-beside-sm2.egb1", 0)]
    [InlineData("old-key-signs-after-its-change.egb1", 1)]
    [InlineData("key-change-by-a-stranger.egb1", 4)]
    public void A_receiver_follows_changes_of_keys_as_they_come(string file, int refused)
    {
        using var keys = TrustedKeys.Load(Path.Combine(Folder, "gateway.crt"), Path.Combine(Folder, "gateway-sm2.pub"));
        var watch = new LiveWatch(keys);
        Assert.Equal(refused, EgbFile.Lines(Path.Combine(Folder, file)).Count(line => watch.Add(line).Verdict == LiveVerdict.Refused));
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

    public static TheoryData<string> Proofs => [.. ProofVectors().EnumerateObject().Select(proof => proof.Name)];

    [Theory]
    [MemberData(nameof(Proofs))]
    public void A_proof_holds_exactly_if_its_vector_says_so(string name)
    {
        var vector = ProofVectors().GetProperty(name);
        using var keys = TrustedKeys.Load(Path.Combine(Folder, "gateway.crt"));
        var objection = InclusionProof.FromJson(vector.GetProperty("proof").GetRawText()).Objection(keys);
        Assert.True(objection is null == vector.GetProperty("ok").GetBoolean(), objection ?? "proven");
    }

    [Fact]
    public void A_proof_made_from_lines_is_the_one_of_the_vectors()
    {
        using var keys = TrustedKeys.Load(Path.Combine(Folder, "gateway.crt"));
        for (var sequence = 1; sequence <= 8; sequence++)
        {
            var search = new ProofSearch(keys, "readings", sequence);
            foreach (var line in EgbFile.Lines(Path.Combine(Folder, "seal-over-two-streams.egb1"))) search.Add(line);
            var proof = Assert.Single(search.Finish(out _));
            Assert.Equal(InclusionProof.FromJson(ProofVectors().GetProperty($"payload {sequence} of 8").GetProperty("proof").GetRawText()).ToJson(), proof.ToJson());
        }
    }

    [Theory]
    [InlineData("clock-steps-and-says-so.egb1", "no seal here covers")]
    [InlineData("seal-over-an-absent-payload-is-not-judged.egb1", "not all of these are here")]
    public void Without_a_seal_or_the_payloads_beside_it_there_is_no_proof_but_a_reason(string file, string reason)
    {
        using var keys = TrustedKeys.Load(Path.Combine(Folder, "gateway.crt"));
        var search = new ProofSearch(keys, "readings", 3);
        foreach (var line in EgbFile.Lines(Path.Combine(Folder, file))) search.Add(line);
        Assert.Empty(search.Finish(out var why));
        Assert.Contains(reason, why, StringComparison.Ordinal);
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

    private static JsonElement ProofVectors() => JsonElement.Parse(File.ReadAllBytes(Path.Combine(Folder, "proofs.json")));

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
