using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeGateway.Evidence;

/// <summary>What a verifier found (docs/wire.md §6).</summary>
internal sealed record Verdict
{
    [JsonPropertyName("ok"), JsonPropertyOrder(-1)]
    public bool IsOk => Faults.Count == 0;

    /// <summary>Lines that are not empty.</summary>
    [JsonPropertyName("lines")]
    public required long Lines { get; init; }

    /// <summary>Distinct payloads of every kind that stand.</summary>
    [JsonPropertyName("payloads")]
    public required long Payloads { get; init; }

    [JsonPropertyName("duplicates")]
    public required long Duplicates { get; init; }

    /// <summary>Values in all rows of the payloads that stand, whatever their quality.</summary>
    [JsonPropertyName("readings")]
    public required long Readings { get; init; }

    [JsonPropertyName("faults")]
    public required IReadOnlyList<VerdictFault> Faults { get; init; }

    [JsonPropertyName("streams")]
    public required IReadOnlyList<VerdictStream> Streams { get; init; }

    /// <summary>The verdict JSON, on one line.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, VerdictJson.Readable.Verdict);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public static Verdict FromJson(string json) =>
        JsonSerializer.Deserialize(json, VerdictJson.Readable.Verdict) ?? throw new JsonException("null is not a verdict");

    /// <summary>A page for the people at the plant or at an authority.</summary>
    public string ToText() => VerdictText.Of(this);
}
