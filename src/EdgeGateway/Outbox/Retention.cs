using EdgeGateway.Config;
using EdgeGateway.Evidence;

namespace EdgeGateway.Outbox;

/// <summary>Which segment files may leave, and what has to be named when they do. Decides; the store acts. Called under the store's lock.</summary>
internal sealed class Retention(OutboxSettings settings, StoredLines lines)
{
    private const int MostRangesPerFile = 32;
    private const int MostRefusedRanges = 1_000;

    /// <summary>Bytes of all files, and of what is still in the journal only.</summary>
    public static long BytesOf(IReadOnlyDictionary<string, StreamState> streams) => streams.Values.Sum(state => state.Shelf.Bytes + state.Held.Bytes);

    /// <summary>A file of which all has been delivered and that is over age, or the oldest such file while the store is over its size; null if none leaves.</summary>
    public (SegmentShelf Shelf, string Name)? Leaves(IReadOnlyDictionary<string, StreamState> streams, long now)
    {
        if (BytesOf(streams) > settings.MaxBytes) return Delivered(streams, now);
        foreach (var state in LeastUrgentFirst(streams))
            foreach (var span in OverAge(state, now))
                if (state.IsDelivered(span.First, span.Last)) return (state.Shelf, span.Name);
        return null;
    }

    /// <summary>The oldest file of which all has been delivered; null if there is none.</summary>
    public static (SegmentShelf Shelf, string Name)? Delivered(IReadOnlyDictionary<string, StreamState> streams, long now)
    {
        foreach (var state in LeastUrgentFirst(streams))
            foreach (var span in state.Shelf.Spans(now))
                if (span.Last >= span.First && state.IsDelivered(span.First, span.Last)) return (state.Shelf, span.Name);
        return null;
    }

    /// <summary>What has to be given up, and named, so that <paramref name="bytes"/> more fit, or because it was refused for good and is over age or among too many; empty if nothing.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public IReadOnlyList<Eviction> Evicts(IReadOnlyDictionary<string, StreamState> streams, long now, int bytes)
    {
        if (BytesOf(streams) + bytes <= settings.MaxBytes)
        {
            foreach (var state in streams.Values)
                foreach (var span in OverAge(state, now))
                    if (state.Quarantined.TryFindWithin(span.First, span.Last) && state.Cursor.NextPending(span.First) > span.Last) return Named(state, span);
            return [.. streams.Values.SelectMany(state => Named(state, state.Quarantined.Ranges.Take(Math.Max(0, state.Quarantined.Ranges.Count - MostRefusedRanges))))];
        }
        // Room comes from delivered files first: those leave without a word, they have arrived.
        if (Leaves(streams, now) is not null) return [];
        // The oldest readings go, events only when there are no readings.
        return LeastUrgentFirst(streams).Select(state => (State: state, Spans: state.Shelf.Spans(now))).FirstOrDefault(entry => entry.Spans.Count > 0) is { State: { } victim, Spans: [var oldest, ..] }
            ? Named(victim, oldest)
            : [];
    }

    private static IEnumerable<StreamState> LeastUrgentFirst(IReadOnlyDictionary<string, StreamState> streams) => Streams.InOrderOfUrgency.Reverse().Select(stream => streams[stream]);

    private IEnumerable<SegmentSpan> OverAge(StreamState state, long now) => state.Shelf.Spans(now).Where(span => span.ClosedFor > (long)settings.Retention.TotalSeconds);

    /// <summary>
    /// What of a file would leave undelivered: nothing that was delivered, as long as the ranges are few.
    /// </summary>
    private List<Eviction> Named(StreamState state, SegmentSpan span)
    {
        var ranges = state.Undelivered(span.First, span.Last).Take(MostRangesPerFile + 1).ToList();
        if (ranges.Count > MostRangesPerFile) ranges = [new NumberRange(ranges[0].Low, span.Last)];
        return Named(state, ranges);
    }

    private List<Eviction> Named(StreamState state, IEnumerable<NumberRange> ranges)
    {
        var evictions = new List<Eviction>();
        foreach (var range in ranges)
        {
            var (high, hash) = lines.HashUpTo(state, range.High, state.Tail);
            evictions.Add(new Eviction(state.Stream, state.LowestNamed(range.Low, range.High), high, hash) { FirstLost = range.Low });
        }
        return evictions;
    }
}
