using System.Text.Json;

namespace EdgeGateway.SystemTests;

/// <summary>The receiver's file while it still writes to it.</summary>
internal static class ReceivedFile
{
    /// <summary>Lines with this text.</summary>
    public static int Count(string path, string text) => Lines(path).Count(line => line.Contains(text, StringComparison.Ordinal));

    /// <summary>The payloads of a stream by their numbers.</summary>
    public static IEnumerable<JsonElement> Stream(string path, string stream) => Lines(path)
        .Select(line => JsonDocument.Parse(line.Split('|', 3)[2]).RootElement)
        .Where(payload => payload.GetProperty("st").GetString() == stream && payload.GetProperty("k").GetString() != "head")
        .OrderBy(payload => payload.GetProperty("sq").GetInt64());

    public static IReadOnlyList<string> Lines(string path)
    {
        if (!File.Exists(path)) return [];
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
