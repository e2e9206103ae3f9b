using System.Text;
using System.Text.Json;

namespace EdgeGateway.Evidence;

/// <summary>What the platform asks of one gateway (docs/wire.md §7).</summary>
/// <param name="Site">Addressed site.</param>
/// <param name="Gateway">Addressed gateway.</param>
/// <param name="Epoch">Addressed epoch.</param>
/// <param name="Number">Rises with each command to this gateway and epoch; at least 1.</param>
/// <param name="Verb">What is to be done: <c>resend</c>, or one that this version does not know.</param>
/// <param name="Resend">What <c>resend</c> asks for; null for any other verb, and where its members are missing or wrong.</param>
internal sealed record PlatformCommand(string Site, string Gateway, long Epoch, long Number, string Verb, ResendOrder? Resend)
{
    /// <summary>The most bytes of a command's line.</summary>
    public const int MaxLineBytes = 4096;

    /// <summary>The <c>typ</c> of its line.</summary>
    public const string Typ = "egc1";

    /// <summary>The verb that exists.</summary>
    public const string ResendVerb = "resend";

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 4 };

    /// <summary>What is to be sent again; null with the reason, as the answer gives it, if the command cannot be done.</summary>
    public ResendOrder? Order(out string objection)
    {
        objection = Verb != ResendVerb ? "unknown command" : Resend is null ? "malformed" : Resend.Objection() ?? "";
        return objection.Length == 0 ? Resend : null;
    }

    /// <summary>The payload's bytes.</summary>
    public byte[] ToPayload()
    {
        var json = new Utf8Buffer(256);
        json.Raw("{\"v\":1,\"site\":"u8).Quoted(Site).Raw(",\"gw\":"u8).Quoted(Gateway).Raw(",\"ep\":"u8).Number(Epoch)
            .Raw(",\"no\":"u8).Number(Number).Raw(",\"do\":"u8).Quoted(Verb);
        if (Resend is { } order) json.Raw(",\"st\":"u8).Quoted(order.Stream).Raw(",\"lo\":"u8).Number(order.Low).Raw(",\"hi\":"u8).Number(order.High);
        return json.Raw("}"u8).Written.ToArray();
    }

    /// <summary>Reads a payload whose signature has been verified; null if it is no command at all.</summary>
    public static PlatformCommand? Parse(ReadOnlyMemory<byte> payload)
    {
        try
        {
            using var document = JsonDocument.Parse(payload, Strict);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryInteger("v"u8, 1, out var version) || version != 1
                || !root.TryName("site"u8, out var site) || !root.TryName("gw"u8, out var gateway)
                || !root.TryInteger("ep"u8, 1, out var epoch) || !root.TryInteger("no"u8, 1, out var number)
                || !root.TryName("do"u8, out var verb)) return null;
            return new PlatformCommand(site, gateway, epoch, number, verb, verb == ResendVerb ? ResendOrder.Parse(root) : null);
        }
        catch (Exception e) when (e is JsonException or DecoderFallbackException or InvalidOperationException)
        {
            return null; // no JSON, a member twice, or half a surrogate pair
        }
    }
}
