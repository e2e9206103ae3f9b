using System.Text.Json;

namespace EdgeGateway.SystemTests;

/// <summary>The qualities of one signal in payloads of readings.</summary>
internal static class Qualities
{
    /// <summary>In the order of the payloads, and in each in the order of its rows.</summary>
    public static IReadOnlyList<int> Of(string signal, IEnumerable<JsonElement> payloads) =>
        [.. payloads.Where(payload => payload.GetProperty("k").GetString() == "data").SelectMany(payload => In(payload, signal))];

    // docs/wire.md §4.1: a row covers the group's signals from its first on; a group names them from its offset on.
    private static IEnumerable<int> In(JsonElement payload, string signal)
    {
        foreach (var (index, group) in payload.GetProperty("g").EnumerateArray().Index())
        {
            var named = group.GetProperty("s").EnumerateArray().Select(entry => entry[0].GetString()).ToList().IndexOf(signal);
            if (named < 0) continue;
            foreach (var row in payload.GetProperty("r").EnumerateArray().Where(row => row[0].GetInt32() == index))
            {
                var at = group.GetProperty("o").GetInt32() + named - row[1].GetInt32();
                if (at < 0 || at >= row[4].GetArrayLength()) continue;
                if (row.GetArrayLength() == 5) yield return 0;
                else yield return row[5].ValueKind == JsonValueKind.Array ? row[5][at].GetInt32() : row[5].GetInt32();
            }
        }
    }
}
