using EdgeGateway.Evidence;

namespace EdgeGateway.Outbox;

/// <summary>
/// What was found unreadable and is to be named in gap records. Thread-safe; shares the store's lock, which is not held while the disk is read.
/// </summary>
internal sealed class DamageList(StoredLines lines, Lock gate)
{
    private readonly List<Eviction> _found = [];
    private long _lost;

    /// <summary>Segments named so far; read under the store's lock.</summary>
    public long Lost => _lost;

    /// <summary>Never published, to be named, out of the way of the rest.</summary>
    /// <param name="state">Its stream.</param>
    /// <param name="low">The first one.</param>
    /// <param name="known">The last one that is known to be unreadable; those after it may be as well.</param>
    /// <exception cref="IOException">The disk refuses.</exception>
    public void Note(StreamState state, long low, long known)
    {
        StreamTail tail;
        lock (gate) tail = state.Tail;
        var (high, hash) = lines.HashUpTo(state, known, tail);
        lock (gate)
        {
            if (state.Damaged.TryFind(low, out _)) return;
            _found.Add(new Eviction(state.Stream, state.LowestNamed(low, high), high, hash) { FirstLost = low });
            state.Damaged.Add(new NumberRange(low, high));
        }
    }

    /// <summary>What is lost for good since the last call. A disk that was away for a while is no damage: what can be read again is sent as if nothing had been.</summary>
    public IReadOnlyList<Eviction> Take(IReadOnlyDictionary<string, StreamState> streams)
    {
        foreach (var stream in Streams.InOrderOfUrgency) NoteRefused(streams[stream]);
        Eviction[] taken;
        lock (gate)
        {
            taken = [.. _found];
            _found.Clear();
        }
        var lost = taken.Where(range => IsStillLost(streams[range.Stream], range)).ToList();
        lock (gate)
        {
            foreach (var range in taken.Except(lost)) streams[range.Stream].Damaged.RemoveAll(new NumberRange(range.FirstLost, range.High));
            _lost += lost.Sum(range => range.High - range.FirstLost + 1);
        }
        return lost;
    }

    /// <summary>Forgets what was found and not taken: it will be found again when it is read again. Under the store's lock.</summary>
    public void Clear() => _found.Clear();

    /// <summary>What was refused is not asked for again, so nobody would miss it: where its file is gone, it is gone.</summary>
    private void NoteRefused(StreamState state)
    {
        List<NumberRange> gone;
        lock (gate)
        {
            if (state.Quarantined.Ranges is not [var lowest, ..]) return;
            var absent = new NumberRanges();
            foreach (var refused in state.Quarantined.Ranges) absent.Add(refused);
            foreach (var kept in state.Kept(lowest.Low, state.Tail.Sequence)) absent.RemoveAll(kept);
            gone = [.. absent.Ranges.Where(range => !state.Damaged.TryFindWithin(range.Low, range.High))];
        }
        try
        {
            foreach (var range in gone) Note(state, range.Low, range.High);
        }
        catch (IOException)
        {
            // What comes after it cannot be read just now; looked for again with the next commit.
        }
    }

    private bool IsStillLost(StreamState state, Eviction range)
    {
        try
        {
            return lines.Read(state, range.FirstLost) is null && lines.Read(state, range.High) is null;
        }
        catch (IOException)
        {
            return false; // not known: it will be found again by who wants to send it
        }
    }
}
