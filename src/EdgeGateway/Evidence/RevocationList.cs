using System.Text.Json;

namespace EdgeGateway.Evidence;

/// <summary>
/// A list of keys that are no longer good, each with the place up to which they were: <c>{"revoked":[{"kid":"…","gw":"…","ep":1,"upto":{"events":12,"readings":340}},…]}</c>
/// (docs/wire.md §8).
/// </summary>
internal static class RevocationList
{
    private const int MaxFileBytes = 1 << 20;
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    /// <summary>Reads a list into <paramref name="keys"/>.</summary>
    /// <exception cref="TrustedKeyException">It cannot be used; the message says where and what to do.</exception>
    public static void Load(string path, TrustedKeys keys)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MaxFileBytes } file)
                throw new TrustedKeyException($"{path} holds {file.Length} bytes, more than any revocation list: name another file");
            using var document = JsonDocument.Parse(File.ReadAllBytes(path), Strict);
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryArray("revoked"u8, out var entries))
                throw new TrustedKeyException($"{path} has no list \"revoked\": expected {{\"revoked\":[{{\"kid\":…,\"ep\":…,\"upto\":{{…}}}}]}}");
            foreach (var (i, entry) in entries.EnumerateArray().Index()) Read(path, i + 1, entry, keys);
        }
        catch (JsonException e)
        {
            throw new TrustedKeyException($"{path} is no revocation list: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrustedKeyException($"{path} cannot be read ({e.Message}): check its name and its rights", e);
        }
    }

    private static void Read(string path, int number, JsonElement entry, TrustedKeys keys)
    {
        var gateway = "";
        if (entry.ValueKind != JsonValueKind.Object || !entry.TryHash("kid"u8, out _) || !entry.TryText("kid"u8, out var keyId)
            || (entry.TryGetProperty("gw"u8, out _) && !entry.TryName("gw"u8, out gateway))
            || !entry.TryInteger("ep"u8, 1, out var epoch) || !entry.TryGetProperty("upto"u8, out var upTo) || upTo.ValueKind != JsonValueKind.Object)
            throw Malformed(path, number);
        var at = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var stream in upTo.EnumerateObject())
        {
            if (!JsonMembers.IsName(stream.Name) || !stream.Value.TryInteger(0, out var sequence)) throw Malformed(path, number);
            at.Add(stream.Name, sequence);
        }
        keys.Revoke(keyId, gateway.Length == 0 ? null : gateway, new KeyLimit(epoch, at));
    }

    private static TrustedKeyException Malformed(string path, int number) =>
        new($"{path}: entry {number} is not as expected: \"kid\" (43 characters), \"ep\" (from 1), \"upto\" (an object of stream and sequence number), and perhaps \"gw\"");
}
