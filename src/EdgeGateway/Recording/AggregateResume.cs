using EdgeGateway.Evidence;
using EdgeGateway.Outbox;
using EdgeGateway.Precheck;

namespace EdgeGateway.Recording;

/// <summary>Reads from the store what the open minute, hour and day of the aggregates consist of, when the gateway starts.</summary>
internal sealed class AggregateResume(AggregateBook book, IOutbox outbox)
{
    private const int PerLook = 64;

    /// <summary>A segment that cannot be read so often in a row is given up by the store, and the rest of its page comes.</summary>
    private const int Tries = 4;

    /// <summary>Fills the book; leaves it empty where nothing was sealed yet.</summary>
    public void Run()
    {
        if (!book.HasUnits) return;
        var history = new AggregateHistory(book);
        foreach (var segment in NewestFirst(Streams.Aggregates))
        {
            if (!history.NeedsAggregate(segment.T0)) break;
            history.TakeAggregate(Envelope.PayloadOf(segment.Line).ToArray());
        }
        if (!history.Restore() || book.Open is not { } open) return;
        var from = outbox.Tail(Streams.Readings).Sequence + 1;
        foreach (var segment in NewestFirst(Streams.Readings))
        {
            if (segment.T1 < open) break;
            from = segment.Sequence;
        }
        foreach (var segment in From(Streams.Readings, from)) history.TakeReadings(Envelope.PayloadOf(segment.Line).ToArray());
    }

    private IEnumerable<Segment> NewestFirst(string stream)
    {
        for (var to = outbox.Tail(stream).Sequence; to >= 1; to -= PerLook)
        {
            var segments = Stored(stream, Math.Max(1, to - PerLook + 1), to);
            if (segments.Count == 0) yield break;
            for (var i = segments.Count - 1; i >= 0; i--) yield return segments[i];
        }
    }

    private IEnumerable<Segment> From(string stream, long from)
    {
        for (; from <= outbox.Tail(stream).Sequence; from += PerLook)
            foreach (var segment in Stored(stream, from, from + PerLook - 1)) yield return segment;
    }

    private IReadOnlyList<Segment> Stored(string stream, long from, long to)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return outbox.Stored(stream, from, to, PerLook);
            }
            catch (IOException) when (attempt < Tries)
            {
                // Once more: the store counts how often it could not be read.
            }
        }
    }
}
