using EdgeGateway.Evidence;

namespace EdgeGateway.Uplink;

/// <summary>
/// What was acknowledged lately. A broker may acknowledge and then lose what it had not written down (a killed mosquitto does): after a connection was
/// lost, the last of it is sent again. Receivers drop duplicates; a hole they could not fill.
/// </summary>
internal sealed class RecentAcknowledgements(TimeSpan overlap, TimeProvider time)
{
    // Enough for the default overlap at several times the default pace of the backlog; about 2 MiB.
    private const int Most = 65_536;

    private readonly Queue<(string Stream, long Sequence, long At)> _recent = new();

    public void Add(Segment segment)
    {
        if (overlap <= TimeSpan.Zero) return;
        _recent.Enqueue((segment.Stream, segment.Sequence, time.GetTimestamp()));
        while (_recent.Count > Most || time.GetElapsedTime(_recent.Peek().At) > overlap) _recent.Dequeue();
    }

    /// <summary>Hands over everything from the overlap before <paramref name="lastAlive"/> on, and forgets it.</summary>
    public IEnumerable<(string Stream, long Sequence)> Since(long lastAlive)
    {
        while (_recent.TryDequeue(out var entry))
            if (time.GetElapsedTime(entry.At, lastAlive) <= overlap) yield return (entry.Stream, entry.Sequence);
    }
}
