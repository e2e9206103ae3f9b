using EdgeGateway.Evidence;
using FsCheck.Xunit;

namespace EdgeGateway.Tests.Evidence;

public sealed class LiveWatchTests : IDisposable
{
    private readonly TestGateway _gateway = new();
    private readonly TrustedKeys _keys;
    private readonly LiveWatch _watch;

    public LiveWatchTests()
    {
        _keys = _gateway.Trusted();
        _watch = new LiveWatch(_keys);
    }

    private LiveStreamStatus Readings => Assert.Single(_watch.Snapshot().Streams);

    [Fact]
    public void Lines_in_order_move_the_watermark()
    {
        foreach (var line in Sealed(5)) Assert.Equal(LiveVerdict.New, _watch.Add(line).Verdict);
        Assert.Equal((1, 5, 5, 0, 0), (Readings.Lowest, Readings.Contiguous, Readings.Newest, Readings.Missing, Readings.Holes));
        Assert.Equal(0, Readings.ChainBreaks);
        Assert.Equal(10, _watch.Snapshot().Readings);
    }

    [Fact]
    public void Lines_out_of_order_wait_for_the_ones_before_them()
    {
        var lines = Sealed(7);
        foreach (var i in new[] { 6, 2, 3, 0 }) Assert.Equal(LiveVerdict.New, _watch.Add(lines[i]).Verdict);
        Assert.Equal((1, 7, 3, 2), (Readings.Contiguous, Readings.Newest, Readings.Missing, Readings.Holes));
        foreach (var i in new[] { 1, 5, 4 }) Assert.Equal(LiveVerdict.New, _watch.Add(lines[i]).Verdict);
        Assert.Equal((7, 0, 0, 0), (Readings.Contiguous, Readings.Missing, Readings.Holes, Readings.ChainBreaks));
    }

    [Fact]
    public void A_duplicate_is_seen_below_and_above_the_watermark()
    {
        var lines = Sealed(4);
        foreach (var i in new[] { 0, 1, 3 }) _watch.Add(lines[i]);
        foreach (var i in new[] { 0, 1, 3 }) Assert.Equal(LiveVerdict.Duplicate, _watch.Add(lines[i]).Verdict);
        Assert.Equal((3, 3), (_watch.Snapshot().Payloads, _watch.Snapshot().Duplicates));
        Assert.Equal(6, _watch.Snapshot().Readings);
    }

    [Fact]
    public void A_fork_is_seen_below_and_above_the_watermark_and_counted_once()
    {
        var lines = new List<byte[]>();
        var forks = new List<byte[]>();
        for (var i = 0; i < 4; i++)
        {
            forks.Add(_gateway.SealAside(_gateway.Tail(), "data", TestGateway.DataBody("line/fast", 2, (0, 2, 100 + i))));
            lines.Add(_gateway.Data(i));
        }
        foreach (var i in new[] { 0, 1, 3 }) _watch.Add(lines[i]);
        Assert.Equal(LiveVerdict.Fork, _watch.Add(forks[1]).Verdict);
        Assert.Equal(LiveVerdict.Fork, _watch.Add(forks[3]).Verdict);
        Assert.Equal(LiveVerdict.Duplicate, _watch.Add(forks[3]).Verdict);
        Assert.Equal(2, Readings.Forks);
        Assert.Equal(2, _watch.Snapshot().Forks);
    }

    [Fact]
    public void A_payload_that_does_not_continue_the_chain_is_counted()
    {
        _watch.Add(_gateway.Data(0));
        var strange = _gateway.SealAside(new StreamTail(1, ChainHash.Of("another"u8)), "data", TestGateway.DataBody("line/fast", 2, (0, 2, 1)));
        Assert.Equal(LiveVerdict.New, _watch.Add(strange).Verdict);
        Assert.Equal((2, 1), (Readings.Contiguous, Readings.ChainBreaks));
    }

    [Fact]
    public void What_a_gap_names_is_not_missing_and_lets_the_watermark_advance()
    {
        var lines = Sealed(4);
        var tail = _gateway.Tail();
        _watch.Add(lines[0]);
        Assert.Equal(LiveVerdict.New, _watch.Add(_gateway.Evicted(2, 4, tail.Hash)).Verdict);
        Assert.Equal((5, 0, 3, 0), (Readings.Contiguous, Readings.Missing, Readings.NamedByGaps, Readings.ChainBreaks));

        // One of them had been on its way after all.
        Assert.Equal(LiveVerdict.New, _watch.Add(lines[2]).Verdict);
        Assert.Equal(LiveVerdict.Duplicate, _watch.Add(lines[2]).Verdict);
        Assert.Equal(2, Readings.NamedByGaps);
    }

    [Fact]
    public void A_gap_that_comes_before_its_turn_waits_too()
    {
        var lines = Sealed(6);
        var gap = _gateway.Evicted(3, 6, _gateway.Tail().Hash);
        _watch.Add(gap);
        _watch.Add(lines[4]);
        _watch.Add(lines[0]);
        Assert.Equal((1, 1, 3), (Readings.Contiguous, Readings.Missing, Readings.NamedByGaps));
        _watch.Add(lines[1]);
        Assert.Equal((7, 0, 3, 0), (Readings.Contiguous, Readings.Missing, Readings.NamedByGaps, Readings.ChainBreaks));
    }

    [Fact]
    public void A_gap_that_names_another_hash_than_its_successor_is_a_chain_break()
    {
        var lines = Sealed(3);
        _watch.Add(lines[0]);
        _watch.Add(_gateway.Evicted(2, 3, ChainHash.Of("another"u8)));
        Assert.Equal((4, 1), (Readings.Contiguous, Readings.ChainBreaks));
    }

    [Fact]
    public void A_head_says_how_much_is_missing()
    {
        var lines = Sealed(9);
        _watch.Add(lines[0]);
        var head = _watch.Add(_gateway.Head());
        Assert.Equal((LiveVerdict.State, "head"), (head.Verdict, head.Facts!.Kind));
        Assert.Equal((9, 8, 1), (Readings.Newest, Readings.Missing, Readings.Holes));
        Assert.Equal(1, _watch.Snapshot().Statements);
    }

    [Fact]
    public void A_line_that_does_not_hold_is_refused_with_its_code()
    {
        using var stranger = new TestGateway();
        Assert.Equal(FaultCode.Key, _watch.Add(stranger.Data(0)).Refusal?.Code);
        Assert.Equal(FaultCode.Format, _watch.Add("nonsense"u8.ToArray()).Refusal?.Code);
        var line = _gateway.Data(0);
        line[^3] ^= 1;
        Assert.Equal(FaultCode.Signature, _watch.Add(line).Refusal?.Code);
        var receipt = Envelope.Seal(_gateway.Signer, Envelope.ProtectedHeader(_gateway.Signer, "egr1"), "{}"u8);
        Assert.Equal(FaultCode.Typ, _watch.Add(receipt).Refusal?.Code);
        Assert.Equal(4, _watch.Snapshot().Refused);
        Assert.Empty(_watch.Snapshot().Streams);
    }

    [Fact]
    public void Values_that_are_not_good_are_counted()
    {
        const string rows = "[[0,0,1,5,[1,2]],[0,0,2,5,[null,null],2],[0,0,3,5,[null,4],[9,0]]]";
        var body = TestGateway.DataBody("line/fast", 2, (0, 2, 1));
        _watch.Add(_gateway.Seal("data", body[..body.IndexOf("[[0,", StringComparison.Ordinal)] + rows));
        Assert.Equal((6, 3), (_watch.Snapshot().Readings, _watch.Snapshot().ReadingsNotGood));
    }

    [Property(MaxTest = 50)]
    public void Whatever_the_order_everything_arrives_once(int seed)
    {
        var random = new Random(seed);
        using var gateway = new TestGateway();
        using var keys = gateway.Trusted();
        var watch = new LiveWatch(keys);
        var lines = Enumerable.Range(0, random.Next(1, 25)).Select(i => gateway.Data(i)).ToArray();
        var sent = lines.Concat(lines.Where(_ => random.Next(3) == 0)).ToArray();
        random.Shuffle(sent);
        foreach (var line in sent) watch.Add(line);
        var status = Assert.Single(watch.Snapshot().Streams);
        Assert.Equal((lines.Length, sent.Length - lines.Length), (watch.Snapshot().Payloads, watch.Snapshot().Duplicates));
        Assert.Equal((lines.Length, 0, 0, 0), (status.Contiguous, status.Missing, status.ChainBreaks, status.Forks));
    }

    public void Dispose()
    {
        _keys.Dispose();
        _gateway.Dispose();
    }

    private byte[][] Sealed(int count) => [.. Enumerable.Range(0, count).Select(i => _gateway.Data(i))];
}
