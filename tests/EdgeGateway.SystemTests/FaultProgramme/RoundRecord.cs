using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeGateway.SystemTests.FaultProgramme;

/// <summary>One finished round: a line of the soak's log.</summary>
/// <param name="Scenario">Its name.</param>
/// <param name="Seed">What it drew its choices from.</param>
/// <param name="Outcome">What the checker found; null if there was nothing to check.</param>
/// <param name="Skipped">Why this machine cannot play it; null if it can.</param>
/// <param name="Broke">How the round itself broke off; null if it came to its end.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Commit">Of the sources.</param>
internal sealed record RoundRecord(string Scenario, int Seed, FaultOutcome? Outcome, string? Skipped, string? Broke, double Seconds, string Commit)
{
    private static readonly JsonSerializerOptions OneLine = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, PropertyNamingPolicy = JsonNamingPolicy.CamelCase, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [JsonIgnore]
    public bool IsGood => Skipped is not null || (Broke is null && Outcome is { Lost: 0, Faults.Count: 0 });

    /// <summary>What was wrong, and how to see it again; for people.</summary>
    [JsonIgnore]
    public string Complaint => $"{Scenario}, seed {Seed}: {string.Join("\n  ", Outcome?.Faults ?? [])}{Broke}\nplay it again with: tests/soak.sh --scenario {Scenario} --replay {Seed}";

    public string ToJson() => JsonSerializer.Serialize(this, OneLine);

    /// <exception cref="JsonException">It is something else.</exception>
    public static RoundRecord FromJson(string line) => JsonSerializer.Deserialize<RoundRecord>(line, OneLine) ?? throw new JsonException("null is not a round");
}
