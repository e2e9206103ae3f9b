using EdgeGateway.Evidence;

namespace EdgeGateway.Uplink;

/// <summary>
/// What was acknowledged a short while ago. A broker that dies after a PUBACK may have lost what it acknowledged, so after a lost connection
/// the last of it is sent again. Receivers drop duplicates; a hole they could not fill.
/// </summary>
internal sealed class RecentAcknowledgements(TimeSpan overlap, TimeProvider time)
{
    // Enough for the default overlap at several times the default pace of the backlog; about 2 MiB.
    private const int Most = 65_536;

    private readonly Queue<(SegmentName Segment, long At)> _recent = new();
    private readonly Queue<SegmentName> _doubtful = new();

    public void Add(Segment segment)
    {
        if (overlap <= TimeSpan.Zero) return;
        _recent.Enqueue((new SegmentName(segment.Stream, segment.Sequence), time.GetTimestamp()));
        while (_recent.Count > Most || time.GetElapsedTime(_recent.Peek().At) > overlap) _recent.Dequeue();
    }

    /// <summary>A connection is lost: everything from the overlap before <paramref name="lastAlive"/> on is in doubt.</summary>
    public void Doubt(long lastAlive)
    {
        while (_recent.TryDequeue(out var entry))
            if (time.GetElapsedTime(entry.At, lastAlive) <= overlap) _doubtful.Enqueue(entry.Segment);
        while (_doubtful.Count > Most) _doubtful.Dequeue();
    }

    /// <summary>Hands what is in doubt to <paramref name="takeBack"/>. If that throws, this one and the rest stay in doubt for the next call.</summary>
    public void Settle(Action<SegmentName> takeBack)
    {
        while (_doubtful.TryPeek(out var segment))
        {
            takeBack(segment);
            _doubtful.Dequeue();
        }
    }
}
