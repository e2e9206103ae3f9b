using EdgeGateway.Evidence;

namespace EdgeGateway.Tests.Evidence;

public class LiveStreamTests
{
    private static readonly StreamKey Key = new("gw-1", 1, Streams.Readings);

    private readonly LiveStream _stream = new(Key);

    [Fact]
    public void A_hole_that_too_many_wait_for_is_written_off_and_still_counts_as_missing()
    {
        for (long sequence = 3; sequence < 3 + LiveStream.MaxWaiting; sequence++) _stream.Take(Facts(sequence));
        Assert.Equal(0, _stream.Status().Contiguous);
        _stream.Take(Facts(3 + LiveStream.MaxWaiting));
        var status = _stream.Status();
        Assert.Equal((3 + LiveStream.MaxWaiting, 2, 1), (status.Contiguous, status.Missing, status.Holes));

        // What comes after all is new, once.
        Assert.Equal(Arrival.New, _stream.Take(Facts(2)));
        Assert.Equal(Arrival.Duplicate, _stream.Take(Facts(2)));
        Assert.Equal((1, 1), (_stream.Status().Missing, _stream.Status().Holes));
    }

    [Fact]
    public void A_stream_full_of_holes_stays_within_its_bounds()
    {
        // Every other number: each hole is written off in turn, and more of them than are remembered one by one.
        const long last = 2L * (LiveStream.MaxWaiting + 30_000);
        for (long sequence = 2; sequence <= last; sequence += 2) Assert.Equal(Arrival.New, _stream.Take(Facts(sequence)));
        var status = _stream.Status();
        Assert.Equal(last, status.Newest);
        Assert.InRange(status.Contiguous, 60_000, 60_002);
        Assert.True(status.Missing >= last / 2);
    }

    [Fact]
    public void A_gap_excuses_what_was_written_off()
    {
        for (long sequence = 5; sequence <= 5 + LiveStream.MaxWaiting; sequence++) _stream.Take(Facts(sequence));
        Assert.Equal(4, _stream.Status().Missing);
        _stream.Take(Facts(6 + LiveStream.MaxWaiting) with { Body = new LossGap(2, 3, Hash(3)) });
        Assert.Equal((2, 2, 2), (_stream.Status().Missing, _stream.Status().Holes, _stream.Status().NamedByGaps));
    }

    [Fact]
    public void A_very_old_duplicate_is_still_one()
    {
        for (long sequence = 1; sequence <= LiveStream.MaxRecent + 10; sequence++) _stream.Take(Facts(sequence));
        Assert.Equal(Arrival.Duplicate, _stream.Take(Facts(1)));
        Assert.Equal(0, _stream.Status().ChainBreaks);
    }

    private static ChainHash Hash(long sequence) => sequence == 0 ? ChainHash.Zero : new ChainHash((ulong)sequence, 1, 2, 3);

    private static PayloadFacts Facts(long sequence) => new()
    {
        Kind = "event",
        Stream = Key,
        Sequence = sequence,
        Hash = Hash(sequence),
        Previous = Hash(sequence - 1),
        Boot = 1,
        T0 = 0,
        T1 = 0,
        Monotonic = 0,
        ClockErrorMs = 0,
        Body = null,
    };
}
