using System.Text.Json.Serialization;

namespace EdgeGateway.Evidence;

/// <summary>From where to where a stream reaches: lowest and highest sequence present.</summary>
internal sealed record VerdictStream
{
    [JsonPropertyName("gw")]
    public required string Gateway { get; init; }

    [JsonPropertyName("ep")]
    public required long Epoch { get; init; }

    [JsonPropertyName("st")]
    public required string Stream { get; init; }

    [JsonPropertyName("lo")]
    public required long Low { get; init; }

    [JsonPropertyName("hi")]
    public required long High { get; init; }

    /// <summary>Chain hash of the highest, base64url.</summary>
    [JsonPropertyName("hh")]
    public required string HashOfHigh { get; init; }
}
