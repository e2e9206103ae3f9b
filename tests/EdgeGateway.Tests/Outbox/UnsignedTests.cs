using EdgeGateway.Config;
using EdgeGateway.Evidence;
using EdgeGateway.Outbox;
using EdgeGateway.Tests.Evidence;

namespace EdgeGateway.Tests.Outbox;

/// <summary>Segments that wait for their signatures: stored like all others, sent by nobody.</summary>
public sealed class UnsignedTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly AbsentKey _key = new();
    private readonly LineSigner _signer;
    private readonly Sealer _sealer;
    private readonly Dictionary<string, StreamTail> _tails = [];
    private LiteDbOutbox _store;

    public UnsignedTests()
    {
        _signer = new LineSigner([_key.Key], TimeProvider.System, waitsWhenExpired: true);
        _sealer = new Sealer(
            new GatewayIdentity { Site = "test", Gateway = "gw-1", Epoch = 1, Boot = "0123456789abcdef", ConfigHash = ChainHash.Zero.ToString(), Software = "test" },
            _signer, TimeProvider.System);
        _store = Open();
    }

    public void Dispose()
    {
        _store.Dispose();
        _key.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void What_waits_for_its_signatures_is_stored_and_not_handed_out()
    {
        Append(3);
        Assert.Equal(3, _store.Tail(Streams.Readings).Sequence);
        Assert.Equal(3, _store.Depth.Unsigned);
        Assert.Empty(_store.Pending(Streams.Readings, 1, long.MaxValue, 10));
    }

    [Fact]
    public void With_its_signatures_it_is_handed_out_under_the_same_number_and_hash()
    {
        var stored = Append(3);
        SignAll();
        var pending = _store.Pending(Streams.Readings, 1, long.MaxValue, 10);
        Assert.Equal(stored.Select(segment => (segment.Sequence, segment.Hash)), pending.Select(segment => (segment.Sequence, segment.Hash)));
        Assert.Empty(Judge(pending).Faults);
    }

    [Fact]
    public void What_is_signed_behind_what_waits_is_not_handed_out_before_it()
    {
        Append(2);
        _key.Key.Sign([], [], TheKeyIsBack());
        Append(1);
        Assert.Empty(_store.Pending(Streams.Readings, 1, long.MaxValue, 10));
        SignAll();
        Assert.Equal([1, 2, 3], _store.Pending(Streams.Readings, 1, long.MaxValue, 10).Select(segment => segment.Sequence));
    }

    [Fact]
    public void A_store_that_is_opened_again_still_knows_what_waits()
    {
        Append(5);
        Reopen();
        Assert.Equal((5, 5), (_store.Tail(Streams.Readings).Sequence, _store.Depth.Unsigned));
        Assert.Empty(_store.Pending(Streams.Readings, 1, long.MaxValue, 10));
        SignAll();
        Reopen();
        Assert.Equal(0, _store.Depth.Unsigned);
        Assert.Empty(Judge(_store.Pending(Streams.Readings, 1, long.MaxValue, 10)).Faults);
    }

    [Fact]
    public void Signatures_reach_segments_that_have_moved_on_into_files()
    {
        // More than the journal holds: most of it is in LiteDB files by the time the key is back.
        for (var i = 0; i < 60; i++) Append(4, bytes: 40_000);
        Assert.NotEmpty(Directory.GetFiles(_folder.Sub("outbox"), "readings-*.db"));
        Reopen();
        SignAll();
        Reopen();
        var all = new List<Segment>();
        while (_store.Pending(Streams.Readings, all.Count + 1, long.MaxValue, 50) is { Count: > 0 } more) all.AddRange(more);
        Assert.Equal(240, all.Count);
        Assert.Empty(Judge(all).Faults);
    }

    [Fact]
    public void A_store_of_the_version_before_has_nothing_that_waits()
    {
        var head = new OutboxHead { Epoch = 1, Command = 0, RunningSeconds = 0, Boot = null, Keys = "", Tails = [(Streams.Readings, new StreamTail(7, default), 0, 7)] }.ToBson();
        head["f"] = 2;
        head.Remove("k");
        head["t"].AsArray[0].AsDocument.Remove("sg");
        var read = OutboxHead.From(head);
        Assert.Equal(("", 7L), (read.Keys, read.Tails[0].Signed));
    }

    private Span<byte> TheKeyIsBack()
    {
        _key.IsThere = true;
        return new byte[SignatureAlgorithm.SignatureSize];
    }

    private void SignAll()
    {
        _key.IsThere = true;
        foreach (var stream in Streams.InOrderOfUrgency)
            while (_store.Unsigned(stream, 16) is { UpTo: > 0 } waiting)
                _store.Sign(stream, [.. waiting.Segments.Select(segment => segment with { Line = _signer.Sign(segment.Line) })], waiting.UpTo);
    }

    private List<Segment> Append(int count, int bytes = 100)
    {
        var made = new List<Segment>();
        for (var i = 0; i < count; i++)
        {
            var filler = Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(bytes * 3 / 4));
            var segment = _sealer.Seal(Streams.Readings, _tails.GetValueOrDefault(Streams.Readings), "event"u8, 1, 1, System.Text.Encoding.ASCII.GetBytes($",\"ev\":\"test\",\"filler\":\"{filler}\""), 1);
            _tails[Streams.Readings] = new StreamTail(segment.Sequence, segment.Hash);
            made.Add(segment);
        }
        _store.Append(new OutboxCommit(made));
        return made;
    }

    private Verdict Judge(IEnumerable<Segment> segments)
    {
        using var keys = _key.Trusted();
        var verifier = new ChainVerifier(keys);
        foreach (var segment in segments) verifier.Add(segment.Line);
        return verifier.Finish();
    }

    private void Reopen()
    {
        _store.Dispose();
        _store = Open();
    }

    private LiteDbOutbox Open() => LiteDbOutbox.Open(_folder.Sub("outbox"), new OutboxSettings { MaxBytes = 64 << 20 }, TimeProvider.System);
}
