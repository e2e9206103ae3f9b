using System.Text.Json.Serialization;

namespace EdgeGateway.Evidence;

/// <summary>One fault of a verdict (docs/wire.md §6).</summary>
internal sealed record VerdictFault
{
    /// <summary>One of <see cref="FaultCode"/>.</summary>
    [JsonPropertyName("code")]
    public required string Code { get; init; }

    /// <summary>Empty where the fault belongs to a line.</summary>
    [JsonPropertyName("st")]
    public required string Stream { get; init; }

    /// <summary>0 where the fault belongs to a line or to a boot's slots.</summary>
    [JsonPropertyName("sq")]
    public required long Sequence { get; init; }

    /// <summary>Input line, from 1; 0 where the fault belongs to a stream.</summary>
    [JsonPropertyName("line")]
    public required long Line { get; init; }

    /// <summary>A sentence for people.</summary>
    [JsonPropertyName("text")]
    public required string Text { get; init; }
}
