using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using EdgeGateway.Evidence;

namespace EdgeGateway.SystemTests.Agreement;

/// <summary>
/// What a gateway could have sealed, drawn from a seed: boots, plans, data, gaps, clock steps, seals, heads and births, mostly as they should be. Then it is spoiled: bits flipped, lines dropped,
/// exchanged, cut, repeated, signed again with something else in them, by another key or as another kind of statement.
/// </summary>
internal sealed class GeneratedChain
{
    private const long Begin = 1_767_571_200_000;
    private static readonly string Config = ChainHash.Of("config"u8).ToString();

    /// <summary>What may stand where something else belongs: JSON, from harmless to hostile.</summary>
    private static readonly string[] Odd =
    [
        "null", "true", "0", "-0", "-0.0", "1", "-1", "1.0", "1e0", "0.5", "-0e3", "9223372036854775807", "9223372036854775808", "-9223372036854775809", "1e400", "\"\"", "\"x\"", "\"\\u0041\"", "\"\\ud800\"",
        "[]", "{}", "[1]", "{\"a\":1,\"a\":2}", "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"", "\"BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB\"", "01", "+1", "NaN", "\"readings\"", "\"events\"", "\"S\"", "[\"U\",null,null]",
        "[\"R\",60001,-0.0]", "[\"S\",1e3,0]", "[\"X\",0,0]", "4611686018427387904",
    ];

    private readonly Random _random;
    private readonly ISigner _signer;
    private readonly ISigner _stranger;
    private readonly Dictionary<string, StreamTail> _tails = new() { [Streams.Events] = default, [Streams.Readings] = default };
    private readonly Dictionary<string, List<ChainHash>> _unsealed = new() { [Streams.Events] = [], [Streams.Readings] = [] };
    private readonly Dictionary<string, long> _sealedUpTo = new() { [Streams.Events] = 0, [Streams.Readings] = 0 };
    private readonly List<string> _payloads = [];
    private readonly List<byte[]> _lines = [];
    private string _boot = "";
    private long _mono;
    private long _now = Begin;
    private long _slot;

    private GeneratedChain(int seed, ISigner signer, ISigner stranger) => (_random, _signer, _stranger) = (new Random(seed), signer, stranger);

    /// <summary>The lines of chain number <paramref name="seed"/>, none with a line end inside.</summary>
    public static IReadOnlyList<byte[]> Of(int seed, ISigner signer, ISigner stranger)
    {
        var chain = new GeneratedChain(seed, signer, stranger);
        chain.Grow();
        for (var spoils = chain._random.Next(4); spoils > 0 && chain._lines.Count > 0; spoils--) chain.Spoil();
        return chain._lines;
    }

    private void Grow()
    {
        var boots = _random.Next(1, 4);
        for (var boot = 1; boot <= boots; boot++)
        {
            var before = _boot;
            (_boot, _mono) = ($"{_random.Next(1, 5)}{boot:x15}", 0);
            Tick(_random.Next(5_000));
            Event("boot", $",\"prev\":\"{before}\",\"how\":\"first\"");
            if (before.Length > 0 && !Chance(8)) Seal("gap", Streams.Readings, $",\"cause\":\"{(Chance(2) ? "crashed" : "stopped")}\",\"prev\":\"{before}\",\"from\":1,\"to\":2");
            if (!Chance(12)) Plan();
            for (var payloads = _random.Next(1, 9); payloads > 0; payloads--) One();
            if (Chance(2)) Seal("event", Streams.Readings, $",\"ev\":\"stop\",\"last\":[[\"a/fast\",{_slot - (Chance(15) ? 2 : 1)}],[\"a/slow\",-1]],\"of\":1,\"part\":1");
            if (Chance(2)) Event("shutdown", "");
            Tick(_random.Next(100_000));
            Head(Streams.Readings);
            if (Chance(2)) Head(Streams.Events);
        }
    }

    private void One()
    {
        Tick(_random.Next(40_000));
        switch (_random.Next(10))
        {
            case 0:
                Head(Chance(2) ? Streams.Readings : Streams.Events);
                break;
            case 1:
                var streams = string.Join(',', _tails.Select(tail => $"{{\"st\":\"{tail.Key}\",\"sq\":{tail.Value.Sequence},\"ph\":\"{tail.Value.Hash}\"}}"));
                State("birth", "", default, $",\"se\":1,\"streams\":[{streams}]");
                break;
            case 2:
                ClockStep();
                break;
            case 3:
                SealHour();
                break;
            case 4 when _tails[Streams.Readings] is { Sequence: > 2, Hash: var hash } tail:
                Seal("gap", Streams.Readings, $",\"cause\":\"evicted\",\"lo\":{_random.NextInt64(1, tail.Sequence + 1)},\"hi\":{tail.Sequence},\"hh\":\"{hash}\",\"n\":1");
                break;
            default:
                Data();
                break;
        }
    }

    private void ClockStep()
    {
        var (from, by) = (_mono, _random.NextInt64(-9_000_000, 9_000_000));
        if (Chance(3)) by = _random.Next(-3_000, 3_000);
        Tick(_random.Next(4_000));
        _now += by;
        if (!Chance(4)) Event("clock", $",\"why\":\"step\",\"m0\":{from},\"m1\":{_mono},\"fwd\":{Math.Max(by, 0)},\"back\":{Math.Max(-by, 0)}");
    }

    private void SealHour()
    {
        var spans = _unsealed.Where(open => open.Value.Count > 0).Select(open => new SealedSpan(open.Key, _sealedUpTo[open.Key] + 1, _sealedUpTo[open.Key] + open.Value.Count, MerkleTree.RootOf(open.Value))).ToList();
        foreach (var span in spans)
        {
            _sealedUpTo[span.Stream] = span.High;
            _unsealed[span.Stream].Clear();
        }
        ChainHash? audit = Chance(3) ? ChainHash.Of("audit"u8) : null;
        var of = string.Join(',', spans.Select(span => $"{{\"st\":\"{span.Stream}\",\"lo\":{span.Low},\"hi\":{span.High},\"root\":\"{span.Root}\"}}"));
        Seal("seal", Streams.Events, $",\"of\":[{of}],\"al\":{(audit is { } head ? $"\"{head}\"" : "null")},\"root\":\"{SealBody.RootOf(spans, audit)}\",\"rc\":[]");
    }

    private void Plan() => Seal("event", Streams.Readings, $",\"ev\":\"plan\",\"groups\":[{{\"id\":\"a/fast\",\"pm\":1000,\"n\":2,\"k0\":{_slot}}},{{\"id\":\"a/slow\",\"pm\":5000,\"n\":3,\"k0\":0}}],\"of\":1,\"part\":1");

    private void Data()
    {
        var rows = new List<string>();
        if (_slot > 0 && Chance(25)) _slot--;
        for (var i = _random.Next(1, 4); i > 0; i--, _slot++)
            if (!Chance(20)) rows.Add(Chance(10) ? $"[0,0,{_slot},5,[1.50]],[0,1,{_slot},6,[null],2]" : $"[0,0,{_slot},5,[12.30,\"on\"]]");
        if (rows.Count == 0) rows.Add($"[0,0,{_slot++},5,[1,2],[0,3]]");
        Seal("data", Streams.Readings, $",\"g\":[{{\"id\":\"a/fast\",\"pm\":{(Chance(40) ? 2000 : 1000)},\"n\":2,\"o\":0,\"s\":[[\"a.x\",\"\",\"\"],[\"a.y\",\"°C\",\"\"]]}}],\"r\":[{string.Join(',', rows)}]");
    }

    private void Event(string name, string members) => Seal("event", Streams.Events, $",\"ev\":\"{name}\"{members}");

    private void Head(string stream) => State("head", stream, _tails[stream], "");

    private void Seal(string kind, string stream, string body)
    {
        var (sequence, hash) = _tails[stream];
        var payload = Payload(kind, stream, sequence + 1, hash, body);
        var own = ChainHash.Of(Encoding.UTF8.GetBytes(payload));
        _tails[stream] = new StreamTail(sequence + 1, own);
        _unsealed[stream].Add(own);
        Add(payload);
    }

    private void State(string kind, string stream, StreamTail tail, string body) => Add(Payload(kind, stream, tail.Sequence, tail.Hash, body));

    private string Payload(string kind, string stream, long sequence, ChainHash previous, string body)
    {
        Tick(_random.Next(3_000));
        var quality = _random.Next(4) switch { 0 => "[\"S\",3,17]", 1 => "[\"R\",1200,null]", 2 => "[\"I\",null,null]", _ => "[\"U\",null,null]" };
        return string.Create(CultureInfo.InvariantCulture,
            $"{{\"v\":1,\"k\":\"{kind}\",\"site\":\"s\",\"gw\":\"g\",\"ep\":1,\"bt\":\"{_boot}\",\"st\":\"{stream}\",\"sq\":{sequence},\"ph\":\"{previous}\",\"t0\":{_now - 5},\"t1\":{_now},\"mo\":{_mono},\"tq\":{quality},\"cf\":\"{Config}\",\"rv\":\"\",\"sw\":\"1\"{body}}}");
    }

    private void Add(string payload)
    {
        _payloads.Add(payload);
        _lines.Add(Line(payload, _signer));
    }

    private static byte[] Line(string payload, ISigner signer, string typ = "egb1") => SignedStatement.Seal(signer, typ, Encoding.UTF8.GetBytes(payload));

    private void Spoil()
    {
        var at = _random.Next(_lines.Count);
        var payload = _payloads[_random.Next(_payloads.Count)];
        switch (_random.Next(14))
        {
            case 0:
                Flip(at);
                break;
            case 1:
                _lines.RemoveAt(at);
                break;
            case 2:
                var other = _random.Next(_lines.Count);
                (_lines[at], _lines[other]) = (_lines[other], _lines[at]);
                break;
            case 3:
                _lines.RemoveRange(at, _lines.Count - at);
                break;
            case 4:
                _lines[at] = _lines[at][.._random.Next(_lines[at].Length)];
                break;
            case 5:
                _lines.Insert(_random.Next(_lines.Count + 1), _lines[at]);
                break;
            case 6:
                _lines.Add(Line(payload, _stranger));
                break;
            case 7:
                _lines[at] = Line(payload, _stranger);
                break;
            case 8:
                _lines.Add(Line(payload, _signer, Chance(2) ? "egr1" : "ega1"));
                break;
            case 9:
                _lines.Add(Line(payload.Replace("\"ep\":1,", "\"ep\":2,", StringComparison.Ordinal), _signer));
                break;
            case 10:
                _lines[at] = Line(Lied(payload), _signer);
                break;
            case 11:
                _lines.Add(Line(payload.Replace("12.30", "12.31", StringComparison.Ordinal) is var changed && changed != payload ? changed : payload[..^1] + ",\"x\":1}", _signer));
                break;
            default:
                _lines[at] = Line(WithOdd(payload), _signer);
                break;
        }
    }

    private void Flip(int at)
    {
        if (_lines[at].Length == 0) return;
        var line = (byte[])_lines[at].Clone();
        line[_random.Next(line.Length)] ^= (byte)(1 << _random.Next(8));
        _lines[at] = [.. line.Select(one => one == (byte)'\n' ? (byte)'\r' : one)];
    }

    private string Lied(string payload)
    {
        var json = JsonNode.Parse(payload)!.AsObject();
        var member = new[] { "t0", "t1", "mo" }[_random.Next(3)];
        json[member] = Math.Max(0, (json[member]?.GetValue<long>() ?? 0) + _random.NextInt64(-5_000_000, 5_000_000));
        return json.ToJsonString();
    }

    /// <summary>Another value for some member, at any depth.</summary>
    private string WithOdd(string payload)
    {
        const string Mark = "\"odd-one-out\"";
        var at = JsonNode.Parse(payload)!;
        var root = at;
        while (true)
        {
            var (names, count) = at is JsonObject members ? (members.Select(member => member.Key).ToArray(), members.Count) : ([], ((JsonArray)at).Count);
            var which = _random.Next(count);
            var inner = names.Length > 0 ? at[names[which]] : at[which];
            if (inner is JsonObject { Count: > 0 } or JsonArray { Count: > 0 } && !Chance(4))
            {
                at = inner;
                continue;
            }
            if (names.Length == 0) at[which] = "odd-one-out";
            else if (Chance(6)) ((JsonObject)at).Remove(names[which]);
            else at[names[which]] = "odd-one-out";
            return root.ToJsonString().Replace(Mark, Odd[_random.Next(Odd.Length)], StringComparison.Ordinal);
        }
    }

    private void Tick(int milliseconds)
    {
        _mono += milliseconds;
        _now += milliseconds;
    }

    private bool Chance(int oneIn) => _random.Next(oneIn) == 0;
}
