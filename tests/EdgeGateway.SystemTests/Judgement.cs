using System.Text.Json;

namespace EdgeGateway.SystemTests;

/// <summary>What the two verifiers say about received lines.</summary>
internal static class Judgement
{
    /// <summary>The program's verdict must be clean; returns it.</summary>
    public static async Task<JsonElement> Clean(string certificate, string received)
    {
        await using var verify = await RunningProgram.GatewayToEnd(0, "verify", "--json", "--cert", certificate, received);
        var verdict = JsonDocument.Parse(verify.Output).RootElement;
        Assert.True(verdict.GetProperty("ok").GetBoolean(), verify.Output);
        return verdict;
    }

    /// <summary>The second verifier's verdict must be clean and count the same; skipped or failed where it cannot run.</summary>
    public static async Task CleanForBoth(string certificate, string received)
    {
        var first = await Clean(certificate, received);
        await using var verify = RunningProgram.Start(await RealPart.Python(), Repository.PathOf("tests", "second-verifier", "verify_egb1.py"), "--cert", certificate, received);
        await verify.Ends(0);
        var second = JsonDocument.Parse(verify.Output).RootElement;
        foreach (var count in new[] { "lines", "payloads", "duplicates", "readings" })
            Assert.Equal(first.GetProperty(count).GetInt64(), second.GetProperty(count).GetInt64());
        Assert.Equal(first.GetProperty("streams").ToString(), second.GetProperty("streams").ToString(), ignoreWhiteSpaceDifferences: true, ignoreAllWhiteSpace: true);
    }
}
