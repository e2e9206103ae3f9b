using System.Runtime.InteropServices;
using System.Text.Json;
using EdgeGateway.Evidence;

namespace EdgeGateway.Uplink;

/// <summary>The newest value of each signal in a sealed payload, as plain JSON with the digits of the payload.</summary>
internal static class NewestValues
{
    /// <summary>The message; null if the payload holds no data.</summary>
    public static byte[]? Of(ReadOnlyMemory<byte> payload)
    {
        using var document = JsonDocument.Parse(payload);
        var root = document.RootElement;
        if (!root.TryText("k"u8, out var kind) || kind != "data") return null;
        var t0 = root.GetProperty("t0"u8).GetInt64();
        var groups = root.GetProperty("g"u8);
        var newest = new SortedDictionary<string, Newest>(StringComparer.Ordinal);
        foreach (var row in root.GetProperty("r"u8).EnumerateArray())
        {
            var group = groups[row[0].GetInt32()];
            var (time, values) = (t0 + row[3].GetInt64(), row[4]);
            var first = row[1].GetInt32() - group.GetProperty("o"u8).GetInt32();
            for (var i = 0; i < values.GetArrayLength(); i++)
            {
                var signal = group.GetProperty("s"u8)[first + i];
                var name = signal[0].GetString()!; // docs/wire.md §4.1: a text
                if (newest.TryGetValue(name, out var known) && known.Time >= time) continue;
                newest[name] = new Newest(time, values[i], signal[1], QualityOf(row, i));
            }
        }
        return newest.Count == 0 ? null : Write(root, newest);
    }

    private static byte[] Write(JsonElement root, SortedDictionary<string, Newest> newest)
    {
        var text = new Utf8Buffer(4096);
        text.Raw("{\"site\":"u8).Raw(Raw(root.GetProperty("site"u8))).Raw(",\"gateway\":"u8).Raw(Raw(root.GetProperty("gw"u8))).Raw(",\"signals\":{"u8);
        var isFirst = true;
        foreach (var (name, value) in newest)
        {
            if (!isFirst) text.Raw(","u8);
            isFirst = false;
            text.Quoted(name).Raw(":{\"value\":"u8).Raw(Raw(value.Value)).Raw(",\"unit\":"u8).Raw(Raw(value.Unit))
                .Raw(",\"time\":"u8).Number(value.Time).Raw(",\"quality\":"u8).Number(value.Quality).Raw("}"u8);
        }
        return text.Raw("}}"u8).Written.ToArray();
    }

    // Absent: all good; one number: for the whole row; else one per value.
    private static int QualityOf(JsonElement row, int i) =>
        row.GetArrayLength() < 6 ? 0 : row[5].ValueKind == JsonValueKind.Array ? row[5][i].GetInt32() : row[5].GetInt32();

    private static ReadOnlySpan<byte> Raw(JsonElement element) => JsonMarshal.GetRawUtf8Value(element);

    private readonly record struct Newest(long Time, JsonElement Value, JsonElement Unit, int Quality);
}
