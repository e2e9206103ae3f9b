using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeGateway.Evidence;

/// <summary>That one payload is among those that a signed seal covers (docs/wire.md §10), for whoever has nothing but the seal's line and the gateway's certificate.</summary>
internal sealed record InclusionProof
{
    [JsonPropertyName("v"), JsonPropertyOrder(-1)]
    public int Version { get; init; } = 1;

    [JsonPropertyName("st")]
    public required string Stream { get; init; }

    [JsonPropertyName("sq")]
    public required long Sequence { get; init; }

    /// <summary>Chain hash of the payload.</summary>
    [JsonPropertyName("h")]
    public required string Hash { get; init; }

    /// <summary>Audit path, nearest first.</summary>
    [JsonPropertyName("path")]
    public required IReadOnlyList<string> Path { get; init; }

    /// <summary>The seal's line.</summary>
    [JsonPropertyName("seal")]
    public required string Seal { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, InclusionProofJson.Readable.InclusionProof);

    /// <exception cref="JsonException">It is no such proof.</exception>
    public static InclusionProof FromJson(string json) =>
        JsonSerializer.Deserialize(json, InclusionProofJson.Readable.InclusionProof) ?? throw new JsonException("null is not a proof");

    /// <summary>Why it proves nothing; null if it proves what it says.</summary>
    public string? Objection(TrustedKeys keys)
    {
        if (Version != 1) return "it is of a later version";
        var line = System.Text.Encoding.UTF8.GetBytes(Seal);
        if (new LineCheck(keys, new PayloadParser(keepsRows: false)).Judge(line, out _, out var fault) is not { } facts) return $"the seal: {fault.Text}";
        if (facts.Body is not SealBody seal) return "the line in it is no seal";
        if (seal.Root != seal.ExpectedRoot) return "the seal's root is not that of the roots beside it";
        if (seal.Spans.FirstOrDefault(span => span.Stream == Stream && span.Low <= Sequence && Sequence <= span.High) is not { } covering) return "the seal does not cover this payload";
        if (!TryHash(Hash, out var leaf)) return "h is no hash";
        var path = new List<ChainHash>();
        foreach (var text in Path)
        {
            if (!TryHash(text, out var node)) return "the path has a member that is no hash";
            path.Add(node);
        }
        return MerkleTree.Climb(leaf, Sequence - covering.Low, covering.High - covering.Low + 1, path) == covering.Root ? null : "the path does not lead to the seal's root";
    }

    private static bool TryHash(string? text, out ChainHash hash) => ChainHash.TryParse(System.Text.Encoding.UTF8.GetBytes(text ?? ""), out hash);
}
