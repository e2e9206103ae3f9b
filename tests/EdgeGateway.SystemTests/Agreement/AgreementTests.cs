using System.Globalization;
using System.Security.Cryptography;
using EdgeGateway.Evidence;

namespace EdgeGateway.SystemTests.Agreement;

/// <summary>Two verifiers, written in two languages from one page, judge the same generated chains. <c>tests/agree.sh</c> gives them more of them.</summary>
public sealed class AgreementTests
{
    private const int AtATime = 1_000;
    private const int Shown = 5;
    private static readonly string[] Expected = ["format", "typ", "key", "signature", "fork", "missing", "chain", "boot", "plan", "uncovered", "twice", "after-stop", "truncated", "time", "clock", "seal"];
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task Both_verifiers_say_the_same_of_every_generated_chain()
    {
        var (first, count) = (Setting("EDGEGATEWAY_AGREE_SEED", 1), Setting("EDGEGATEWAY_AGREE_CHAINS", AtATime));
        var python = await RealPart.Python();
        using var folder = new TemporaryFolder();
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var signer = new Es256Signer(key);
        using var stranger = new Es256Signer(ECDsa.Create(ECCurve.NamedCurves.nistP256));
        await File.WriteAllTextAsync(folder.Sub("key.pem"), key.ExportSubjectPublicKeyInfoPem(), TestContext.Current.CancellationToken);
        using var keys = TrustedKeys.Load(folder.Sub("key.pem"));
        var (clean, codes) = (0, new HashSet<string>());
        var differing = new List<string>();
        for (var seed = first; seed < first + count; seed += AtATime)
        {
            var verdicts = Write(folder.Sub("chains"), seed, Math.Min(AtATime, first + count - seed), signer, stranger, keys);
            await using var second = RunningProgram.Start(python, Repository.PathOf("tests", "second-verifier", "judge_chains.py"), folder.Sub("key.pem"), folder.Sub("chains"));
            await second.Ends(0, Patience);
            var others = second.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(verdicts.Count, others.Length);
            for (var i = 0; i < verdicts.Count; i++)
            {
                if (Comparable(Verdict.FromJson(others[i])) != Comparable(verdicts[i])) differing.Add($"seed {seed + i}:\n  {Comparable(verdicts[i])}\n  {Comparable(Verdict.FromJson(others[i]))}\n  {verdicts[i].ToJson()}\n  {others[i]}");
                clean += verdicts[i].IsOk ? 1 : 0;
                codes.UnionWith(verdicts[i].Faults.Select(fault => fault.Code));
            }
            if (differing.Count >= Shown) break;
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{count} chains from seed {first}, {clean} of them clean; faults found: {string.Join(", ", codes.Order())}");
        Assert.True(differing.Count == 0, string.Join("\n", differing.Take(Shown)));
        Assert.InRange(clean, count / 20, count - count / 20);
        // A generator that spoils nothing, or nothing that matters, would find everybody in agreement.
        Assert.Equal([], Expected.Except(codes));
    }

    /// <summary>Chains as <c>judge_chains.py</c> reads them: the bytes of each as a number on a line, and then those bytes.</summary>
    private static List<Verdict> Write(string file, int seed, int count, Es256Signer signer, Es256Signer stranger, TrustedKeys keys)
    {
        var verdicts = new List<Verdict>();
        using var output = File.Create(file);
        for (var i = 0; i < count; i++)
        {
            var verifier = new ChainVerifier(keys);
            using var chain = new MemoryStream();
            foreach (var line in GeneratedChain.Of(seed + i, signer, stranger))
            {
                verifier.Add(line);
                chain.Write(line);
                chain.WriteByte((byte)'\n');
            }
            verdicts.Add(verifier.Finish());
            output.Write(System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{chain.Length}\n")));
            output.Write(chain.ToArray());
        }
        return verdicts;
    }

    /// <summary>Everything but the sentences for people.</summary>
    private static string Comparable(Verdict verdict) => string.Create(CultureInfo.InvariantCulture,
        $"{verdict.IsOk} {verdict.Lines} {verdict.Payloads} {verdict.Duplicates} {verdict.Readings} [{string.Join(' ', verdict.Faults.Select(fault => $"{fault.Code}/{fault.Stream}/{fault.Sequence}/{fault.Line}").Order(StringComparer.Ordinal))}] [{string.Join(' ', verdict.Streams)}]");

    private static int Setting(string name, int otherwise) => int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
