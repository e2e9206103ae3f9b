using EdgeGateway.Drivers;

namespace EdgeGateway.Tests.Acquisition;

/// <summary>A driver whose polls are what the test says; by default each takes no time and answers every point with 1.</summary>
internal sealed class FakeDriver(TimeProvider time) : IDriver
{
    public Action OnAttach { get; set; } = () => { };

    public Func<PollGroup, ISampleSink, PollOutcome>? OnRead { get; set; }

    /// <summary>When each poll began, monotonic.</summary>
    public List<(string Group, long At)> Polls { get; } = [];

    /// <summary>Whether a silent device is there again; null for a driver that has no cheap question.</summary>
    public Func<PollGroup, TimeSpan, bool>? OnProbe { get; set; }

    /// <summary>How often it has taken over from another protocol.</summary>
    public int Turns { get; private set; }

    public void TakeTurn() => Turns++;

    public ValueTask AttachAsync(Stream link, CancellationToken cancellationToken)
    {
        OnAttach();
        return ValueTask.CompletedTask;
    }

    public ValueTask<PollOutcome> ReadAsync(PollGroup group, ISampleSink sink, CancellationToken cancellationToken)
    {
        Polls.Add((group.Id, time.GetTimestamp()));
        return ValueTask.FromResult(OnRead?.Invoke(group, sink) ?? Answer(group, sink, 0, group.Points.Length));
    }

    public ValueTask<bool> ProbeAsync(PollGroup group, TimeSpan patience, CancellationToken cancellationToken) => ValueTask.FromResult(OnProbe?.Invoke(group, patience) ?? true);

    /// <summary>Fills the points from <paramref name="first"/> on.</summary>
    public PollOutcome Answer(PollGroup group, ISampleSink sink, int first, int count)
    {
        Assert.True(first + count <= group.Points.Length);
        var now = time.GetTimestamp();
        sink.Block(first, count, now, now).Fill(new Sample(SampleValue.OfExact(1), Quality.Good));
        return PollOutcome.Answered;
    }

    /// <summary>Lets every point time out.</summary>
    public PollOutcome Silence(PollGroup group, ISampleSink sink)
    {
        var now = time.GetTimestamp();
        sink.Block(0, group.Points.Length, now, now).Fill(Sample.None(Quality.Timeout));
        return PollOutcome.Silent;
    }
}
