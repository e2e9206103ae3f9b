using EdgeGateway.Drivers;

namespace EdgeGateway.Commands.Probe;

/// <summary>Keeps what one probe of one group brought.</summary>
internal sealed class ProbeSink(int points) : ISampleSink
{
    private readonly Sample[] _samples = [.. Enumerable.Repeat(Sample.None(Quality.BadReply), points)];
    private readonly (long Asked, long Answered)[] _times = new (long, long)[points];

    public Sample SampleOf(int index) => _samples[index];

    /// <summary>When the question had been written and its answer was there.</summary>
    public (long Asked, long Answered) TimesOf(int index) => _times[index];

    public Span<Sample> Block(int first, int count, long askedAt, long answeredAt)
    {
        _times.AsSpan(first, count).Fill((askedAt, answeredAt));
        return _samples.AsSpan(first, count);
    }
}
