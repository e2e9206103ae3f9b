using EdgeGateway.Evidence;
using EdgeGateway.Outbox;

namespace EdgeGateway.Uplink;

/// <summary>
/// What is to be sent of one stream over one connection, in one direction of age: either everything sealed since the connection was made (live), or what
/// had been waiting before (backlog). Reads ahead a little; forgets that when something has to be sent again.
/// </summary>
/// <param name="outbox">The store.</param>
/// <param name="stream">Which stream.</param>
/// <param name="isLive">Which of its two lanes.</param>
/// <param name="boundary">The newest sequence number of the backlog.</param>
/// <param name="inFlight">What is under way of the stream, by both of its lanes.</param>
internal sealed class Lane(IOutbox outbox, string stream, bool isLive, long boundary, HashSet<long> inFlight)
{
    private const int ReadAhead = 8;

    private readonly Queue<Segment> _ahead = new();
    private long _boundary = boundary;
    private long _newest = boundary;
    private long _next = isLive ? boundary + 1 : 1;

    public string Stream { get; } = stream;

    public bool IsLive { get; } = isLive;

    /// <summary>Not before this <see cref="TimeProvider.GetTimestamp"/>: after a refusal the lane rests.</summary>
    public long RestUntil { get; set; }

    /// <summary>The next segment, or null if there is none now. The caller answers for it with <see cref="Settle"/>.</summary>
    public Segment? Take()
    {
        // More than once where all that was read is under way already: null means that there is nothing, not that it is further on.
        while (_ahead.Count == 0)
        {
            var pending = outbox.Pending(Stream, _next, IsLive ? long.MaxValue : _boundary, ReadAhead);
            if (pending.Count == 0) return null;
            foreach (var segment in pending)
            {
                _next = segment.Sequence + 1;
                if (!inFlight.Contains(segment.Sequence)) _ahead.Enqueue(segment);
            }
        }
        var taken = _ahead.Dequeue();
        inFlight.Add(taken.Sequence);
        _newest = Math.Max(_newest, taken.Sequence);
        return taken;
    }

    /// <summary>The newest sequence number of the backlog.</summary>
    public long Boundary => _boundary;

    /// <summary>The newest segment that the lane has handed out, or where it began.</summary>
    public long Newest => _newest;

    /// <summary>The segment is no longer under way. If it was not delivered, the lane starts over from its oldest pending segment.</summary>
    public void Settle(Segment segment, bool isDone)
    {
        inFlight.Remove(segment.Sequence);
        if (!isDone) StartOver(_boundary);
    }

    /// <summary>Begins again at the oldest pending segment, with the backlog up to <paramref name="newBoundary"/>.</summary>
    public void StartOver(long newBoundary)
    {
        _boundary = newBoundary;
        _ahead.Clear();
        _next = IsLive ? newBoundary + 1 : 1;
    }
}
