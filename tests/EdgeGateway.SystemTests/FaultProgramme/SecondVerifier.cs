using System.Text.Json;
using EdgeGateway.Evidence;

namespace EdgeGateway.SystemTests.FaultProgramme;

/// <summary>I4 by the verifier in another language, where the machine has what it needs.</summary>
internal static class SecondVerifier
{
    private const string Python = "/usr/bin/python3";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10); // a fortnight is a lot of JSON for Python

    private static readonly Lazy<Task<bool>> IsThere = new(LookAsync);

    /// <summary>Where the two verifiers do not agree; nothing if they do, or if there is no second one.</summary>
    public static async Task<IReadOnlyList<string>> JudgeAsync(Ledgers ledgers, Verdict first)
    {
        if (!await IsThere.Value) return [];
        using var folder = new TemporaryFolder();
        var received = ledgers.Receiver.Save(folder.Sub("received.egb1"));
        await using var verify = RunningProgram.Start(Python,
            [Repository.PathOf("tests", "second-verifier", "verify_egb1.py"), .. ledgers.Certificates.SelectMany(certificate => new[] { "--cert", certificate }), received]);
        await verify.Ends(first.IsOk ? 0 : 1, Patience);
        var second = Verdict.FromJson(verify.Output);
        var agree = first.Lines == second.Lines && first.Payloads == second.Payloads && first.Duplicates == second.Duplicates && first.Readings == second.Readings
            && first.Streams.SequenceEqual(second.Streams)
            && first.Faults.Select(fault => fault.Code).Order().SequenceEqual(second.Faults.Select(fault => fault.Code).Order());
        return agree ? [] : [$"I4: the two verifiers differ: {first.ToJson()} against {JsonSerializer.Serialize(second)}"];
    }

    private static async Task<bool> LookAsync()
    {
        if (!File.Exists(Python)) return false;
        await using var probe = RunningProgram.Start(Python, "-c", "import cryptography; print('there')");
        await probe.Ends();
        return probe.Times("there") > 0;
    }
}
