using System.Buffers.Text;

namespace EdgeGateway.Recording;

/// <summary>The active configuration as bodies of events <c>configuration</c> (docs/wire.md §4.2): what <c>cf</c> is the hash of, compressed, in as many parts as it takes.</summary>
internal static class ConfigurationParts
{
    /// <summary>Bytes of the compressed configuration in one part: 40,000 characters of base64url, so that it fits a line beside everything else.</summary>
    public const int PartBytes = 30_000;

    /// <summary>The members behind <c>ev</c>, part by part; none without a configuration.</summary>
    public static IEnumerable<string> Of(ReadOnlyMemory<byte> packed)
    {
        var parts = (packed.Length + PartBytes - 1) / PartBytes;
        for (var part = 0; part < parts; part++)
        {
            var bytes = packed.Slice(part * PartBytes, Math.Min(PartBytes, packed.Length - part * PartBytes));
            yield return $",\"of\":{parts},\"part\":{part + 1},\"gz\":\"{Base64Url.EncodeToString(bytes.Span)}\"";
        }
    }
}
