using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeGateway.Evidence;

/// <summary>The proof JSON of docs/wire.md §10, on one line.</summary>
[JsonSerializable(typeof(InclusionProof))]
internal sealed partial class InclusionProofJson : JsonSerializerContext
{
    /// <summary>A line of evidence stands in it as it is, without escapes where none are needed.</summary>
    public static InclusionProofJson Readable { get; } =
        new(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, RespectNullableAnnotations = true, AllowDuplicateProperties = false });
}
