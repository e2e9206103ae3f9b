using System.Globalization;
using System.Text;
using System.Text.Json;
using EdgeGateway.Config.Model;
using EdgeGateway.Drivers;
using EdgeGateway.Evidence;

namespace EdgeGateway.Precheck;

/// <summary>
/// Puts a book back to where it was when the gateway stopped or crashed, from what is sealed and nothing else (docs/decisions/0013): hours of the open day, minutes of the
/// open hour, readings since the newest sealed minute. Ask <see cref="NeedsAggregate"/> from the newest payload back, then hand in what is needed.
/// </summary>
internal sealed class AggregateHistory(AggregateBook book)
{
    private readonly Dictionary<(string Unit, string Role, string Signal), (UnitTally Unit, RoleBinding Binding)> _known =
        book.Units.SelectMany(unit => unit.Tracks.Select(track => (unit, track.Binding))).ToDictionary(pair => (pair.unit.Unit.Name, pair.Binding.Role.Name, pair.Binding.Signal.Text));

    private readonly List<(AggregatePeriod Period, long Start, JsonElement Root)> _payloads = [];
    private bool _hasMinute;

    // The end of everything that is closed: after a pause an hour or a day may be closed far beyond its last minute.
    private long _open = long.MinValue;

    /// <summary>Where to stop: nothing older is part of the open day.</summary>
    public bool NeedsAggregate(long t0) => !_hasMinute || t0 >= ChinaTime.StartOf(_open, ChinaTime.Day);

    /// <summary>A payload of the stream <c>aggregates</c>, newer ones before older ones.</summary>
    public void TakeAggregate(ReadOnlyMemory<byte> payload)
    {
        using var document = JsonDocument.Parse(payload);
        var root = document.RootElement;
        if (root.GetProperty("k"u8).GetString() != "aggregate") return;
        var start = root.GetProperty("from"u8).GetInt64();
        switch (root.GetProperty("over"u8).GetString())
        {
            case "1m":
                _hasMinute = true;
                _open = Math.Max(_open, start + ChinaTime.Minute);
                if (IsOfOpen(start, ChinaTime.Hour)) _payloads.Add((AggregatePeriod.Minute, start, root.Clone()));
                break;
            // The newest minute may come after the hour it ended: which hours are of the open day is decided at the end.
            case "1h":
                _open = Math.Max(_open, start + ChinaTime.Hour);
                _payloads.Add((AggregatePeriod.Hour, start, root.Clone()));
                break;
            case "1d":
                _open = Math.Max(_open, start + ChinaTime.Day);
                break;
        }
    }

    /// <summary>Fills the book; false if there is nothing to go on from.</summary>
    public bool Restore()
    {
        if (!_hasMinute) return false;
        foreach (var (period, start, root) in Enumerable.Reverse(_payloads))
            if (IsOfOpen(start, period == AggregatePeriod.Minute ? ChinaTime.Hour : ChinaTime.Day)) TakeBack(period, root);
        _payloads.Clear();
        book.OpenAt(_open);
        return true;
    }

    /// <summary>A <c>data</c> payload, older ones before newer ones, from the first one that reaches into the open minute on.</summary>
    public void TakeReadings(ReadOnlyMemory<byte> payload)
    {
        // The values of one answer: same group, same instant, one after the other.
        var answer = new List<DataValue>();
        foreach (var value in DataRows.Enumerate(payload))
        {
            if (answer.Count > 0 && (answer[0].Group != value.Group || answer[0].UtcMs != value.UtcMs)) TakeAnswer(answer);
            answer.Add(value);
        }
        TakeAnswer(answer);
    }

    private void TakeAnswer(List<DataValue> answer)
    {
        foreach (var value in answer) book.SeeStateAgain(value.Signal, IsText(value) ? JsonSerializer.Deserialize<string>(value.Token) : null);
        foreach (var value in answer)
            book.SeeAgain(value.Signal, value.UtcMs, !IsText(value) && ExactNumber.TryParse(Encoding.ASCII.GetBytes(value.Token), out var number) ? number : null, (Quality)value.Quality);
        answer.Clear();
    }

    private static bool IsText(in DataValue value) => value.Token.StartsWith('"');

    private bool IsOfOpen(long start, long length) => ChinaTime.StartOf(start, length) == ChinaTime.StartOf(_open, length);

    private void TakeBack(AggregatePeriod period, JsonElement root)
    {
        foreach (var unit in root.GetProperty("units"u8).EnumerateArray())
        {
            var name = unit.GetProperty("unit"u8).GetString()!; // docs/wire.md §4.5: a text
            foreach (var row in unit.GetProperty("rows"u8).EnumerateArray())
                if (_known.TryGetValue((name, row[0].GetString()!, row[1].GetString()!), out var known)) known.Unit.TakeBack(period, RowOf(known.Binding, row));
        }
    }

    private static AggregateRow RowOf(RoleBinding binding, JsonElement row)
    {
        var more = row.GetArrayLength() > 11 ? row[11] : default;
        return new AggregateRow
        {
            Binding = binding,
            Flag = DataFlags.Parse(row[4].GetString()!) ?? DataFlag.Fault, // ours, so it is one
            Due = row[5].GetInt32(),
            Seen = row[6].GetInt32(),
            Valid = row[7].GetInt32(),
            Flags = [],
            Mean = Number(row[8]),
            Min = Number(row[9]),
            Max = Number(row[10]),
            Dry = Number(more, "dry"),
            Reference = Number(more, "ref"),
            Mass = Number(more, "kg"),
            Why = more.ValueKind == JsonValueKind.Object && more.TryGetProperty("why", out var why) ? why.GetString()! : "",
        };
    }

    private static decimal? Number(JsonElement more, string name) => more.ValueKind == JsonValueKind.Object && more.TryGetProperty(name, out var value) ? Number(value) : null;

    private static decimal? Number(JsonElement value) => value.ValueKind == JsonValueKind.Number ? decimal.Parse(value.GetRawText(), CultureInfo.InvariantCulture) : null;
}
