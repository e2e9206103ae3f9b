using System.Text.Json;

namespace EdgeGateway.SystemTests;

/// <summary>One value as the platform got it, or the word why there is none.</summary>
/// <param name="Slot">Of its group.</param>
/// <param name="TakenAt">By the gateway's clock.</param>
/// <param name="Value">JSON null where the quality says why.</param>
/// <param name="Quality">Code of docs/wire.md.</param>
internal readonly record struct PlatformReading(long Slot, DateTimeOffset TakenAt, JsonElement Value, int Quality)
{
    /// <summary>Of a signal, in the order of the payloads, and in each in the order of its rows.</summary>
    public static IReadOnlyList<PlatformReading> Of(string signal, IEnumerable<JsonElement> payloads) =>
        [.. payloads.Where(payload => payload.GetProperty("k").GetString() == "data").SelectMany(payload => In(payload, signal))];

    // docs/wire.md §4.1: a row covers the group's signals from its first on; a group names them from its offset on.
    private static IEnumerable<PlatformReading> In(JsonElement payload, string signal)
    {
        foreach (var (index, group) in payload.GetProperty("g").EnumerateArray().Index())
        {
            var named = group.GetProperty("s").EnumerateArray().Select(entry => entry[0].GetString()).ToList().IndexOf(signal);
            if (named < 0) continue;
            foreach (var row in payload.GetProperty("r").EnumerateArray().Where(row => row[0].GetInt32() == index))
            {
                var at = group.GetProperty("o").GetInt32() + named - row[1].GetInt32();
                if (at < 0 || at >= row[4].GetArrayLength()) continue;
                var taken = DateTimeOffset.FromUnixTimeMilliseconds(payload.GetProperty("t0").GetInt64() + row[3].GetInt64());
                yield return new PlatformReading(row[2].GetInt64(), taken, row[4][at], QualityIn(row, at));
            }
        }
    }

    private static int QualityIn(JsonElement row, int at)
    {
        if (row.GetArrayLength() == 5) return 0;
        return row[5].ValueKind == JsonValueKind.Array ? row[5][at].GetInt32() : row[5].GetInt32();
    }
}
