using System.Text.Json;

namespace EdgeGateway.Evidence;

/// <summary>Takes the rows of a payload apart, value by value.</summary>
internal static class DataRows
{
    /// <summary>
    /// Every value of a <c>data</c> payload that was accepted as <see cref="LiveVerdict.New"/>, in its order; nothing for other kinds. Rows that
    /// <c>plan</c> refuses for their index, reach or lengths have no names for their values and are left out.
    /// </summary>
    public static IEnumerable<DataValue> Enumerate(ReadOnlyMemory<byte> payload)
    {
        using var document = JsonDocument.Parse(payload);
        var root = document.RootElement;
        if (!root.TryText("k"u8, out var kind) || kind != "data") yield break;
        var t0 = root.GetProperty("t0"u8).GetInt64();
        var groups = root.GetProperty("g"u8).EnumerateArray().Select(Named.Read).ToArray();
        foreach (var row in root.GetProperty("r"u8).EnumerateArray())
        {
            var index = row[0].GetInt64();
            var first = row[1].GetInt64();
            var values = row[4];
            var count = values.GetArrayLength();
            if (index < 0 || index >= groups.Length || !groups[index].Holds(first, count)) continue;
            var quality = row.GetArrayLength() == 6 ? row[5] : default;
            if (quality.ValueKind == JsonValueKind.Array && quality.GetArrayLength() != count) continue;
            var slot = row[2].GetInt64();
            var at = t0 + row[3].GetInt64();
            for (var i = 0; i < count; i++)
            {
                var signal = groups[index].Signals[first - groups[index].First + i];
                yield return new DataValue(groups[index].Id, signal, slot, at, values[i].GetRawText(), QualityOf(quality, i));
            }
        }
    }

    private static long QualityOf(JsonElement quality, int index) => quality.ValueKind switch
    {
        JsonValueKind.Undefined => 0,
        JsonValueKind.Array => quality[index].GetInt64(),
        _ => quality.GetInt64(),
    };

    /// <summary>A group and the signals named beside its rows.</summary>
    private sealed record Named(string Id, long Size, long First, string[] Signals)
    {
        public static Named Read(JsonElement group) => new(
            group.GetProperty("id"u8).GetString()!, group.GetProperty("n"u8).GetInt64(), group.GetProperty("o"u8).GetInt64(),
            [.. group.GetProperty("s"u8).EnumerateArray().Select(signal => signal[0].GetString()!)]);

        public bool Holds(long first, int count) => first >= 0 && first <= Size - count && first >= First
            && (Int128)first + count <= (Int128)First + Signals.Length;
    }
}
