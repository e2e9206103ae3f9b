using System.Text;
using System.Text.Json;

namespace EdgeGateway.Evidence;

/// <summary>The platform says, signed, that it has everything of a stream up to a number (docs/wire.md §9).</summary>
/// <param name="Site">Addressed site.</param>
/// <param name="Gateway">Addressed gateway.</param>
/// <param name="Epoch">Epoch of the stream.</param>
/// <param name="Stream">Which stream.</param>
/// <param name="High">It has 1 to this one, or a gap record that names what it has not.</param>
/// <param name="HashOfHigh">Chain hash of <paramref name="High"/>.</param>
/// <param name="TimeMs">When it said so, by its clock, Unix ms.</param>
internal sealed record PlatformReceipt(string Site, string Gateway, long Epoch, string Stream, long High, ChainHash HashOfHigh, long TimeMs)
{
    /// <summary>The most bytes of a receipt's line.</summary>
    public const int MaxLineBytes = 2048;

    /// <summary>The <c>typ</c> of its line.</summary>
    public const string Typ = "egr1";

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 4 };

    /// <summary>The payload's bytes.</summary>
    public byte[] ToPayload() => new Utf8Buffer(512).Raw("{\"v\":1,\"site\":"u8).Quoted(Site).Raw(",\"gw\":"u8).Quoted(Gateway).Raw(",\"ep\":"u8).Number(Epoch)
        .Raw(",\"st\":"u8).Quoted(Stream).Raw(",\"hi\":"u8).Number(High).Raw(",\"hh\":"u8).Quoted(HashOfHigh.ToString()).Raw(",\"rt\":"u8).Number(TimeMs).Raw("}"u8).Written.ToArray();

    /// <summary>The receipt in a line; null with the reason if there is none that a trusted key has signed.</summary>
    public static PlatformReceipt? Open(ReadOnlyMemory<byte> line, TrustedKeys keys, out string why)
    {
        why = "longer than a receipt may be";
        if (line.Length > MaxLineBytes || SignedStatement.Open(line, Typ, keys, out why) is not { } payload) return null;
        var receipt = Parse(payload);
        if (receipt is null) why = "no receipt of this contract";
        return receipt;
    }

    /// <summary>Reads a payload whose signature has been verified; null if it is no receipt.</summary>
    public static PlatformReceipt? Parse(ReadOnlyMemory<byte> payload)
    {
        try
        {
            using var document = JsonDocument.Parse(payload, Strict);
            var root = document.RootElement;
            return root.ValueKind == JsonValueKind.Object && root.TryInteger("v"u8, 1, out var version) && version == 1
                && root.TryName("site"u8, out var site) && root.TryName("gw"u8, out var gateway) && root.TryInteger("ep"u8, 1, out var epoch)
                && root.TryName("st"u8, out var stream) && root.TryInteger("hi"u8, 1, out var high) && root.TryHash("hh"u8, out var hash)
                && root.TryInteger("rt"u8, 0, out var at)
                ? new PlatformReceipt(site, gateway, epoch, stream, high, hash, at)
                : null;
        }
        catch (Exception e) when (e is JsonException or DecoderFallbackException or InvalidOperationException)
        {
            return null; // no JSON, a member twice, or half a surrogate pair
        }
    }
}
