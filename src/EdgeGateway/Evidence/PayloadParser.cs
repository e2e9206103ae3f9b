using System.Text.Json;
using System.Text.Unicode;

namespace EdgeGateway.Evidence;

/// <summary>
/// Reads the facts of payloads (docs/wire.md §2 and §4), one JSON document per payload. Keeps the names it has met, because they come again with
/// every payload. Not thread-safe.
/// </summary>
/// <param name="keepsRows">Whether <see cref="DataBody.Rows"/> are wanted; a receiver only counts.</param>
internal sealed class PayloadParser(bool keepsRows)
{
    private const int MaxGroupsKept = 10_000;
    private const int MaxGroupSize = 65_535;

    // As deep as a line can be: the page sets no limit, so there is none that a second verifier could have otherwise.
    /// <summary>docs/wire.md §2: the deepest nesting of a payload.</summary>
    private const int MaxDepth = 64;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = MaxDepth };

    private readonly Dictionary<DataGroup, DataGroup> _groups = [];
    private readonly List<DataRow> _rows = [];
    private DataGroup[] _lastGroups = [];
    private StreamKey _lastStream = new("", 0, "");
    private string _lastKind = "";

    /// <summary>The facts of a payload; null if it is not as §2 and §4 have it. <paramref name="fault"/> then says what is wrong.</summary>
    public PayloadFacts? TryParse(ReadOnlyMemory<byte> payload, out string fault)
    {
        fault = "the payload is not JSON";
        if (!Utf8.IsValid(payload.Span)) return null;
        try
        {
            using var document = JsonDocument.Parse(payload, Strict);
            if (document.RootElement.ValueKind != JsonValueKind.Object) return null;
            // Half a surrogate pair can only come from an escape; reading it as text throws, wherever it stands.
            if (payload.Span.IndexOf("\\ud"u8) >= 0 || payload.Span.IndexOf("\\uD"u8) >= 0) ReadEveryText(document.RootElement);
            return Read(document.RootElement, payload.Span, out fault);
        }
        catch (JsonException)
        {
            return null;
        }
        catch (InvalidOperationException)
        {
            fault = "the payload has text with a lone surrogate";
            return null;
        }
    }

    private static void ReadEveryText(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                element.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray()) ReadEveryText(item);
                break;
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                    if (member.Name.Length >= 0) ReadEveryText(member.Value); // reading the name is the check
                break;
        }
    }

    private PayloadFacts? Read(JsonElement root, ReadOnlySpan<byte> payload, out string fault)
    {
        fault = "a member that every payload has is missing or malformed";
        if (!root.TryInteger("v"u8, 1, out var version) || version != 1 || !root.TryText("k"u8, out var kind)) return null;
        var isStatement = kind is "head" or "birth" or "will";
        if (!root.TryName("site"u8, out _) || !root.TryName("gw"u8, out var gateway) || !root.TryInteger("ep"u8, 1, out var epoch)
            || !root.TryBoot("bt"u8, out var boot) || !root.TryText("st"u8, out var stream)
            || (kind is "birth" or "will" ? stream.Length != 0 : !JsonMembers.IsName(stream))
            || !root.TryInteger("sq"u8, isStatement ? 0 : 1, out var sequence) || !root.TryHash("ph"u8, out var previous)
            || !root.TryInteger("t0"u8, long.MinValue, out var t0) || !root.TryInteger("t1"u8, long.MinValue, out var t1)
            || !root.TryInteger("mo"u8, 0, out var monotonic) || !IsTimeQuality(root) || !root.TryHash("cf"u8, out _)
            || !(root.TryHash("rv"u8, out _) || (root.TryText("rv"u8, out var rules) && rules.Length == 0))
            || !root.TryText("sw"u8, out _)) return null;

        fault = "the body is missing a member or has one that is malformed";
        if (!TryBody(root, kind, sequence, out var body)) return null;
        return new PayloadFacts
        {
            Kind = _lastKind == kind ? _lastKind : _lastKind = kind,
            Stream = Known(new StreamKey(gateway, epoch, stream)),
            Sequence = sequence,
            Hash = ChainHash.Of(payload),
            Previous = previous,
            Boot = boot,
            T0 = t0,
            T1 = t1,
            Monotonic = monotonic,
            Body = body,
        };
    }

    private static bool IsTimeQuality(JsonElement root) =>
        root.TryArray("tq"u8, out var quality) && quality.GetArrayLength() == 3
        && quality[0].ValueKind == JsonValueKind.String && quality[0].GetString() is "S" or "I" or "R" or "U"
        && quality[1].IsNullOrNotNegative() && quality[2].IsNullOrNotNegative();

    private StreamKey Known(StreamKey stream) => _lastStream == stream ? _lastStream : _lastStream = stream;

    private bool TryBody(JsonElement root, string kind, long sequence, out IPayloadBody? body)
    {
        body = null;
        return kind switch
        {
            "data" => TryData(root, out body),
            "event" => root.TryText("ev"u8, out var name) && TryEvent(root, name, out body),
            "gap" => root.TryText("cause"u8, out var cause) && TryGap(root, cause, sequence, out body),
            "birth" => TryBirth(root, out body),
            "will" => root.TryInteger("se"u8, long.MinValue, out _),
            _ => true,
        };
    }

    private static bool TryEvent(JsonElement root, string name, out IPayloadBody? body)
    {
        body = null;
        if (name == "key") return TryKey(root, out body);
        if (name is not ("plan" or "stop")) return true;
        return root.TryInteger("of"u8, 1, out var of) && root.TryInteger("part"u8, 1, out var part) && part <= of
            && (name == "plan" ? TryPlan(root, out body) : TryStop(root, out body));
    }

    private static bool TryPlan(JsonElement root, out IPayloadBody? body)
    {
        body = null;
        if (!root.TryArray("groups"u8, out var array)) return false;
        var groups = new PlannedGroup[array.GetArrayLength()];
        var count = 0;
        foreach (var group in array.EnumerateArray())
        {
            if (group.ValueKind != JsonValueKind.Object || !group.TryText("id"u8, out var id) || !group.TryInteger("pm"u8, 1, out var period)
                || !group.TryInteger("n"u8, 1, out var size) || size > MaxGroupSize || !group.TryInteger("k0"u8, 0, out var first)) return false;
            groups[count++] = new PlannedGroup(id, period, (int)size, first);
        }
        body = new PlanBody(groups);
        return true;
    }

    private static bool TryStop(JsonElement root, out IPayloadBody? body)
    {
        body = null;
        if (!root.TryArray("last"u8, out var array)) return false;
        var last = new (string, long)[array.GetArrayLength()];
        var count = 0;
        foreach (var entry in array.EnumerateArray())
        {
            if (entry.ValueKind != JsonValueKind.Array || entry.GetArrayLength() != 2 || entry[0].ValueKind != JsonValueKind.String
                || !entry[1].TryInteger(-1, out var slot)) return false;
            last[count++] = (entry[0].GetString()!, slot);
        }
        body = new StopBody(last);
        return true;
    }

    private static bool TryKey(JsonElement root, out IPayloadBody? body)
    {
        body = null;
        if (!root.TryHash("was"u8, out _) || !root.TryText("was"u8, out var was) || !root.TryText("key"u8, out var key) || !root.TryArray("at"u8, out var array)) return false;
        var text = System.Text.Encoding.UTF8.GetBytes(key);
        if (text.Length == 0 || !StrictBase64Url.TryDecode(text, out var publicKey)) return false;
        var at = new (string, long)[array.GetArrayLength()];
        var count = 0;
        foreach (var entry in array.EnumerateArray())
        {
            if (entry.ValueKind != JsonValueKind.Object || !entry.TryName("st"u8, out var stream) || !entry.TryInteger("sq"u8, 0, out var sequence)) return false;
            at[count++] = (stream, sequence);
        }
        body = new KeyBody(was, publicKey, at);
        return true;
    }

    private static bool TryGap(JsonElement root, string cause, long sequence, out IPayloadBody? body)
    {
        body = null;
        if (cause is not ("stopped" or "crashed" or "evicted" or "damaged")) return true;
        if (cause is "stopped" or "crashed")
        {
            if (!root.TryBoot("prev"u8, out var boot) || !root.TryInteger("from"u8, long.MinValue, out _)
                || !root.TryInteger("to"u8, long.MinValue, out _)) return false;
            body = new BootGap(boot);
            return true;
        }
        if (!root.TryInteger("lo"u8, 1, out var low) || !root.TryInteger("hi"u8, low, out var high) || high >= sequence
            || !root.TryHash("hh"u8, out var hash) || !root.TryInteger("n"u8, 1, out _)) return false;
        body = new LossGap(low, high, hash);
        return true;
    }

    private static bool TryBirth(JsonElement root, out IPayloadBody? body)
    {
        body = null;
        if (!root.TryInteger("se"u8, long.MinValue, out _) || !root.TryArray("streams"u8, out var array)) return false;
        var streams = new (string, long, ChainHash)[array.GetArrayLength()];
        var count = 0;
        foreach (var entry in array.EnumerateArray())
        {
            if (entry.ValueKind != JsonValueKind.Object || !entry.TryName("st"u8, out var stream) || !entry.TryInteger("sq"u8, 0, out var sequence)
                || !entry.TryHash("ph"u8, out var hash)) return false;
            streams[count++] = (stream, sequence, hash);
        }
        body = new BirthBody(streams);
        return true;
    }

    private bool TryData(JsonElement root, out IPayloadBody? body)
    {
        body = null;
        if (!root.TryArray("g"u8, out var groupArray) || !root.TryArray("r"u8, out var rowArray)) return false;
        Span<(long First, int Count)> named = groupArray.GetArrayLength() <= 64 ? stackalloc (long, int)[64] : new (long, int)[groupArray.GetArrayLength()];
        if (!TryGroups(groupArray, named, out var groups)) return false;

        _rows.Clear();
        string? refused = null;
        var readings = 0;
        var notGood = 0;
        foreach (var row in rowArray.EnumerateArray())
        {
            if (!TryRow(row, out var group, out var first, out var slot, out var count, out var qualities, out var bad)) return false;
            readings += count;
            notGood += bad;
            var reason = Refusal(groups, named, group, first, count, qualities);
            refused ??= reason;
            if (reason is null && keepsRows) _rows.Add(new DataRow(slot, (int)group, (ushort)first, (ushort)count));
        }
        body = new DataBody(groups, keepsRows ? [.. _rows] : [], refused, readings, notGood);
        return true;
    }

    /// <summary>Why <c>plan</c> refuses a row for its index, reach or lengths; null if it does not.</summary>
    private static string? Refusal(DataGroup[] groups, ReadOnlySpan<(long First, int Count)> named, long group, long first, int count, int qualities)
    {
        if (group < 0 || group >= groups.Length) return $"a row of group index {group}, which the payload does not name";
        var of = groups[group];
        if (first < 0 || first > of.Size - count)
            return $"a row of {of.Id} from signal {first} with {count} values reaches outside its {of.Size} signals";
        var (start, length) = named[(int)group];
        // first and count are small by now; start may be any integer, so it is never added to.
        if (start > first || (Int128)first + count > (Int128)start + length)
            return $"a row of {of.Id} from signal {first} with {count} values reaches outside the signals named beside it";
        return qualities >= 0 && qualities != count ? $"a row of {of.Id} with {count} values and {qualities} qualities" : null;
    }

    private bool TryGroups(JsonElement array, Span<(long First, int Count)> named, out DataGroup[] groups)
    {
        groups = new DataGroup[array.GetArrayLength()];
        var isAsLast = groups.Length == _lastGroups.Length;
        var count = 0;
        foreach (var group in array.EnumerateArray())
        {
            if (group.ValueKind != JsonValueKind.Object || !group.TryGetProperty("id"u8, out var id) || id.ValueKind != JsonValueKind.String
                || !group.TryInteger("pm"u8, 1, out var period) || !group.TryInteger("n"u8, 1, out var size) || size > MaxGroupSize
                || !group.TryInteger("o"u8, 0, out var first) || !TryNames(group, out var names)) return false;
            named[count] = (first, names);
            var last = count < _lastGroups.Length ? _lastGroups[count] : null;
            var isLast = last is not null && last.PeriodMs == period && last.Size == size && id.ValueEquals(last.Id);
            groups[count++] = isLast ? last! : Known(new DataGroup(id.GetString()!, period, (int)size));
            isAsLast &= isLast;
        }
        if (isAsLast) groups = _lastGroups;
        else _lastGroups = groups;
        return true;
    }

    private static bool TryNames(JsonElement group, out int count)
    {
        count = 0;
        if (!group.TryArray("s"u8, out var names)) return false;
        count = names.GetArrayLength();
        foreach (var signal in names.EnumerateArray())
        {
            if (signal.ValueKind != JsonValueKind.Array || signal.GetArrayLength() != 3) return false;
            foreach (var text in signal.EnumerateArray())
                if (text.ValueKind != JsonValueKind.String) return false;
        }
        return true;
    }

    private DataGroup Known(DataGroup group)
    {
        if (_groups.TryGetValue(group, out var known)) return known;
        if (_groups.Count == MaxGroupsKept) _groups.Clear();
        return _groups[group] = group;
    }

    /// <param name="qualities">Length of the array of qualities; -1 if there is none.</param>
    private static bool TryRow(JsonElement row, out long group, out long first, out long slot, out int count, out int qualities, out int bad)
    {
        group = first = slot = 0;
        count = bad = 0;
        qualities = -1;
        if (row.ValueKind != JsonValueKind.Array || row.GetArrayLength() is not (5 or 6) || !row[0].TryInteger(0, out group)
            || !row[1].TryInteger(0, out first) || !row[2].TryInteger(0, out slot) || !row[3].TryInteger(long.MinValue, out _)
            || row[4].ValueKind != JsonValueKind.Array || row[4].GetArrayLength() == 0) return false;
        count = row[4].GetArrayLength();
        foreach (var value in row[4].EnumerateArray())
            if (value.ValueKind is not (JsonValueKind.Number or JsonValueKind.String or JsonValueKind.Null)) return false;
        return row.GetArrayLength() == 5 || TryQuality(row[5], count, out qualities, out bad);
    }

    private static bool TryQuality(JsonElement quality, int count, out int qualities, out int bad)
    {
        qualities = -1;
        bad = 0;
        if (quality.TryInteger(0, out var code))
        {
            bad = code == 0 ? 0 : count;
            return true;
        }
        if (quality.ValueKind != JsonValueKind.Array) return false;
        qualities = quality.GetArrayLength();
        foreach (var one in quality.EnumerateArray())
        {
            if (!one.TryInteger(0, out code)) return false;
            if (code != 0) bad++;
        }
        return true;
    }
}
