using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EdgeGateway.Evidence;
using Microsoft.Extensions.Time.Testing;

namespace EdgeGateway.Tests.Evidence;

/// <summary>Seals lines as a gateway does, with a key and a clock of its own. Every payload is one second after the one before.</summary>
internal sealed class TestGateway : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeMilliseconds(1_767_571_200_000));
    private readonly Es256Signer _signer;
    private readonly Dictionary<string, StreamTail> _tails = [];
    private Sealer _sealer;

    public TestGateway()
    {
        _signer = new Es256Signer(_key);
        _sealer = Start(1);
    }

    public Es256Signer Signer => _signer;

    public string Boot => _sealer.Identity.Boot;

    public StreamTail Tail(string stream = Streams.Readings) => _tails.GetValueOrDefault(stream);

    public TrustedKeys Trusted()
    {
        var keys = new TrustedKeys();
        keys.Add(ECDsa.Create(_key.ExportParameters(includePrivateParameters: false)));
        return keys;
    }

    public void StartBoot(int number) => _sealer = Start(number);

    public byte[] Seal(string kind, string body, string stream = Streams.Readings) => SealAfter(Tail(stream), kind, body, stream, moves: true);

    /// <summary>Another payload for a place in the sequence; the gateway itself goes on as if it had not been made.</summary>
    public byte[] SealAside(StreamTail after, string kind, string body, string stream = Streams.Readings) => SealAfter(after, kind, body, stream, moves: false);

    public byte[] Plan(params (string Id, int Size, long First)[] groups) => Seal("event", ",\"ev\":\"plan\",\"groups\":["
        + string.Join(',', groups.Select(g => $$"""{"id":"{{g.Id}}","pm":1000,"n":{{g.Size}},"k0":{{g.First}}}""")) + "],\"of\":1,\"part\":1");

    public byte[] Stop(params (string Id, long Last)[] groups) => Seal("event", ",\"ev\":\"stop\",\"last\":["
        + string.Join(',', groups.Select(g => $"[\"{g.Id}\",{g.Last}]")) + "],\"of\":1,\"part\":1");

    public byte[] Gap(string cause, string previousBoot) =>
        Seal("gap", $",\"cause\":\"{cause}\",\"prev\":\"{previousBoot}\",\"from\":1,\"to\":2");

    public byte[] Evicted(long low, long high, ChainHash hash) => Seal("gap", string.Create(CultureInfo.InvariantCulture,
        $",\"cause\":\"evicted\",\"lo\":{low},\"hi\":{high},\"hh\":\"{hash}\",\"n\":{high - low + 1}"));

    public static string DataBody(string group, int size, params (int First, int Count, long Slot)[] rows)
    {
        var signals = string.Join(',', Enumerable.Range(0, size).Select(i => $"[\"{group}.s{i}\",\"\",\"\"]"));
        var text = rows.Select(r => $"[0,{r.First},{r.Slot},5,[{string.Join(',', Enumerable.Repeat("1.50", r.Count))}]]");
        return $",\"g\":[{{\"id\":\"{group}\",\"pm\":1000,\"n\":{size},\"o\":0,\"s\":[{signals}]}}],\"r\":[{string.Join(',', text)}]";
    }

    public byte[] Data(long slot) => Seal("data", DataBody("line/fast", 2, (0, 2, slot)));

    public byte[] Head(string stream = Streams.Readings) => _sealer.State(stream, Tail(stream), "head"u8, [])!; // the key is in memory

    public void Dispose() => _signer.Dispose();

    private byte[] SealAfter(StreamTail after, string kind, string body, string stream, bool moves)
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        var segment = _sealer.Seal(stream, after, Encoding.UTF8.GetBytes(kind), now, now, Encoding.UTF8.GetBytes(body), 0);
        if (moves) _tails[stream] = new StreamTail(segment.Sequence, segment.Hash);
        return segment.Line;
    }

    private Sealer Start(int number) => new(
        new GatewayIdentity
        {
            Site = "plant",
            Gateway = "gw-1",
            Epoch = 1,
            Boot = number.ToString("x16", CultureInfo.InvariantCulture),
            ConfigHash = ChainHash.Of("config"u8).ToString(),
            Software = "1.0.0",
        },
        _signer, _time);
}
