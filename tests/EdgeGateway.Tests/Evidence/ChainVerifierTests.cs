using System.Text;
using EdgeGateway.Evidence;
using FsCheck.Xunit;

namespace EdgeGateway.Tests.Evidence;

public class ChainVerifierTests
{
    [Property(MaxTest = 60)]
    public void An_honest_chain_is_clean_in_any_order(int seed)
    {
        using var gateway = new TestGateway();
        var random = new Random(seed);
        var lines = HonestChain(gateway, random);
        var verdict = Verify(gateway, lines);
        Assert.Equal("", string.Join('\n', verdict.Faults.Select(fault => fault.Text)));
        random.Shuffle(lines);
        Assert.Equal(verdict.ToJson(), Verify(gateway, lines).ToJson());
    }

    [Fact]
    public void Windows_line_ends_are_named_as_the_likely_cause()
    {
        using var gateway = new TestGateway();
        var lines = HonestChain(gateway, new Random(1)).Select(line => (byte[])[.. line, (byte)'\r']).ToArray();
        var verdict = Verify(gateway, lines);
        Assert.Equal(lines.Length, verdict.Faults.Count);
        Assert.All(verdict.Faults, fault => Assert.Equal(FaultCode.Signature, fault.Code));
        Assert.All(verdict.Faults, fault => Assert.Contains("Windows", fault.Text, StringComparison.Ordinal));
    }

    [Property(MaxTest = 60)]
    public void A_dropped_line_is_a_fault(int seed)
    {
        using var gateway = new TestGateway();
        var random = new Random(seed);
        var lines = HonestChain(gateway, random).ToList();
        // The head is last, and proves the payload before it.
        lines.RemoveAt(random.Next(lines.Count - 1));
        Assert.False(Verify(gateway, lines).IsOk);
    }

    [Property(MaxTest = 60)]
    public void A_line_that_comes_twice_is_counted_and_harmless(int seed)
    {
        using var gateway = new TestGateway();
        var random = new Random(seed);
        var lines = HonestChain(gateway, random).ToList();
        lines.Insert(random.Next(lines.Count + 1), lines[random.Next(lines.Count)]);
        var verdict = Verify(gateway, lines);
        Assert.True(verdict.IsOk);
        Assert.Equal(1, verdict.Duplicates);
    }

    [Property(MaxTest = 200)]
    public void A_flipped_bit_is_a_fault(int seed)
    {
        using var gateway = new TestGateway();
        var random = new Random(seed);
        var lines = HonestChain(gateway, random);
        var line = lines[random.Next(lines.Length)];
        line[random.Next(line.Length)] ^= (byte)(1 << random.Next(8));
        Assert.False(Verify(gateway, lines).IsOk);
    }

    [Property(MaxTest = 200)]
    public void Two_bytes_that_change_places_are_a_fault(int seed)
    {
        using var gateway = new TestGateway();
        var random = new Random(seed);
        var lines = HonestChain(gateway, random);
        var line = lines[random.Next(lines.Length)];
        var a = random.Next(line.Length);
        var b = a;
        while (line[a] == line[b]) b = random.Next(line.Length);
        (line[a], line[b]) = (line[b], line[a]);
        Assert.False(Verify(gateway, lines).IsOk);
    }

    [Fact]
    public void A_run_of_missing_payloads_is_judged_without_walking_it()
    {
        using var gateway = new TestGateway();
        var plan = gateway.Plan(("line/fast", 2, 0));
        var far = gateway.SealAside(new StreamTail(long.MaxValue - 1, ChainHash.Of("x"u8)), "data", TestGateway.DataBody("line/fast", 2, (0, 2, long.MaxValue)));
        var verdict = Verify(gateway, [plan, far]);
        var fault = Assert.Single(verdict.Faults);
        Assert.Equal((FaultCode.Missing, 2L), (fault.Code, fault.Sequence));
    }

    [Fact]
    public void Slots_at_the_end_of_all_numbers_do_not_overflow()
    {
        using var gateway = new TestGateway();
        var verdict = Verify(gateway, [
            gateway.Plan(("line/fast", 2, long.MaxValue)),
            gateway.Seal("data", TestGateway.DataBody("line/fast", 2, (0, 2, long.MaxValue))),
            gateway.Stop(("line/fast", long.MaxValue))]);
        Assert.True(verdict.IsOk, verdict.ToText());
    }

    [Theory]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("""{"a":1,"\u0061":2}""")]
    [InlineData("""[[[{"a":1,"b":{"a":[],"a":[]}}]]]""")]
    public void A_member_that_stands_twice_at_any_depth_is_a_format_fault(string value)
    {
        using var gateway = new TestGateway();
        var fault = Assert.Single(Verify(gateway, [gateway.Seal("alert", $",\"later\":{value}", "alerts")]).Faults);
        Assert.Equal((FaultCode.Format, 1L), (fault.Code, fault.Line));
    }

    [Theory]
    [InlineData(63, true)] // the payload itself is the first level
    [InlineData(64, false)]
    [InlineData(30_000, false)]
    public void Nesting_ends_at_64_levels(int depth, bool isOk)
    {
        using var gateway = new TestGateway();
        var arrays = gateway.Seal("alert", $",\"later\":{new string('[', depth)}{new string(']', depth)}", "alerts");
        Assert.Equal(isOk, Verify(gateway, [arrays]).IsOk);
    }

    [Theory]
    [InlineData("\"\\ud800\"")]
    [InlineData("{\"\\uDC00\":1}")]
    [InlineData("[[\"x\\ud83d\"]]")]
    public void An_escape_of_half_a_surrogate_pair_is_a_format_fault_wherever_it_stands(string value)
    {
        using var gateway = new TestGateway();
        Assert.Equal(FaultCode.Format, Assert.Single(Verify(gateway, [gateway.Seal("alert", $",\"later\":{value}", "alerts")]).Faults).Code);
    }

    [Fact]
    public void Bytes_that_are_not_utf8_are_a_format_fault()
    {
        using var gateway = new TestGateway();
        var payload = Encoding.Latin1.GetBytes("""{"v":1,"k":"alert","later":"é"}""");
        var line = Envelope.Seal(gateway.Signer, Envelope.ProtectedHeader(gateway.Signer, "egb1"), payload);
        Assert.Equal(FaultCode.Format, Assert.Single(Verify(gateway, [line]).Faults).Code);
    }

    [Fact]
    public void Lines_are_numbered_with_the_empty_ones_and_counted_without()
    {
        using var gateway = new TestGateway();
        var verdict = Verify(gateway, [[], gateway.Plan(("line/fast", 2, 0)), [], "nonsense"u8.ToArray(), []]);
        Assert.Equal(2, verdict.Lines);
        Assert.Equal(4, Assert.Single(verdict.Faults).Line);
    }

    [Fact]
    public void Only_the_first_fifty_faults_are_spelt_out_on_the_page()
    {
        using var gateway = new TestGateway();
        var text = Verify(gateway, Enumerable.Repeat("nonsense"u8.ToArray(), 60)).ToText();
        Assert.Contains("The first 50 of 60 faults", text, StringComparison.Ordinal);
        Assert.Contains(" line 50:", text, StringComparison.Ordinal);
        Assert.DoesNotContain(" line 51:", text, StringComparison.Ordinal);
    }

    /// <summary>One to three boots with rows whole or in pieces, each boot ended by a stop or a crash; a head at the end.</summary>
    private static byte[][] HonestChain(TestGateway gateway, Random random)
    {
        var lines = new List<byte[]>();
        var boots = random.Next(1, 4);
        var slot = random.Next(1000);
        for (var boot = 1; boot <= boots; boot++)
        {
            if (boot > 1)
            {
                var previous = gateway.Boot;
                gateway.StartBoot(boot);
                lines.Add(gateway.Gap(random.Next(2) == 0 ? "crashed" : "stopped", previous));
            }
            var size = random.Next(1, 6);
            lines.Add(gateway.Plan(("line/fast", size, slot)));
            for (var payloads = random.Next(5); payloads > 0; payloads--)
            {
                var rows = new List<(int, int, long)>();
                for (var slots = random.Next(1, 4); slots > 0; slots--, slot++)
                {
                    var cut = random.Next(size);
                    if (cut > 0) rows.Add((0, cut, slot));
                    rows.Add((cut, size - cut, slot));
                }
                lines.Add(gateway.Seal("data", TestGateway.DataBody("line/fast", size, [.. rows])));
            }
            if (random.Next(2) == 0) lines.Add(gateway.Stop(("line/fast", slot - 1)));
            slot += random.Next(1, 9);
        }
        return [.. lines, gateway.Head()];
    }

    private static Verdict Verify(TestGateway gateway, IEnumerable<byte[]> lines)
    {
        using var keys = gateway.Trusted();
        var verifier = new ChainVerifier(keys);
        foreach (var line in lines) verifier.Add(line);
        return verifier.Finish();
    }
}
