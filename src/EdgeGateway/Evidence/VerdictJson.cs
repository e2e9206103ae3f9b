using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeGateway.Evidence;

/// <summary>The verdict JSON of docs/wire.md §6, on one line.</summary>
[JsonSerializable(typeof(Verdict))]
internal sealed partial class VerdictJson : JsonSerializerContext
{
    /// <summary>Texts are for people to read, in files and terminals: nothing printable is escaped.</summary>
    public static VerdictJson Readable { get; } =
        new(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
