using EdgeGateway.Evidence;
using EdgeGateway.Outbox;

namespace EdgeGateway.SystemTests.FaultProgramme.SimulatedTime;

/// <summary>The real outbox, with a count of what has been stored, so that the harness sees when the recorder has done its work.</summary>
internal sealed class WatchedOutbox(IOutbox outbox) : IOutbox
{
    private long _readings;

    /// <summary>Readings on disk since the start.</summary>
    public long Readings => Interlocked.Read(ref _readings);

    public long Epoch => outbox.Epoch;

    public PreviousBoot Previous => outbox.Previous;

    public long Command => outbox.Command;

    public OutboxDepth Depth => outbox.Depth;

    public StreamTail Tail(string stream) => outbox.Tail(stream);

    public IReadOnlyList<Eviction> Evicts(int bytes) => outbox.Evicts(bytes);

    public void Append(OutboxCommit commit)
    {
        outbox.Append(commit);
        Interlocked.Add(ref _readings, commit.Segments.Sum(segment => segment.Readings));
    }

    public IReadOnlyList<Segment> Pending(string stream, long from, long to, int limit) => outbox.Pending(stream, from, to, limit);

    public void Acknowledge(string stream, long sequence) => outbox.Acknowledge(stream, sequence);

    public (IReadOnlyList<Segment> Segments, long UpTo) Unsigned(string stream, int limit) => outbox.Unsigned(stream, limit);

    public void Sign(string stream, IReadOnlyList<Segment> signed, long upTo) => outbox.Sign(stream, signed, upTo);

    public ValueTask WaitForUnsignedAsync(CancellationToken cancellationToken) => outbox.WaitForUnsignedAsync(cancellationToken);

    public string Keys => outbox.Keys;

    public IReadOnlyList<Segment> Stored(string stream, long from, long to, int limit) => outbox.Stored(stream, from, to, limit);

    public long SendAgain(string stream, long low, long high) => outbox.SendAgain(stream, low, high);

    public void Quarantine(string stream, long sequence) => outbox.Quarantine(stream, sequence);

    public IReadOnlyList<Eviction> TakeDamage() => outbox.TakeDamage();

    public IReadOnlyList<string> TakeNews() => outbox.TakeNews();

    public ValueTask WaitForAppendAsync(CancellationToken cancellationToken) => outbox.WaitForAppendAsync(cancellationToken);

    public void Dispose() => outbox.Dispose();
}
