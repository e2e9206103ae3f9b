namespace EdgeGateway.Drivers.Tests;

/// <summary>Keeps what one poll brought, and insists that every point belongs to exactly one block.</summary>
internal sealed class RecordingSink(int points) : ISampleSink
{
    private readonly int[] _blocks = new int[points];

    public Sample[] Samples { get; } = new Sample[points];

    /// <summary>Question and answer times of each point.</summary>
    public (long Asked, long Answered)[] Times { get; } = new (long, long)[points];

    public long TimesDropped { get; private set; }

    public void Dropped(long times) => TimesDropped += times;

    public Span<Sample> Block(int first, int count, long askedAt, long answeredAt)
    {
        Assert.InRange(count, 1, points - first);
        Assert.True(askedAt <= answeredAt, "answered before it was asked");
        for (var i = first; i < first + count; i++)
        {
            _blocks[i]++;
            Times[i] = (askedAt, answeredAt);
        }
        return Samples.AsSpan(first, count);
    }

    public void AssertEachPointHasOneBlock() => Assert.All(_blocks, count => Assert.Equal(1, count));
}
