using EdgeGateway.Evidence;

namespace EdgeGateway.Outbox;

/// <summary>What the open store knows of one stream; guarded by the store's lock, but for <see cref="Find"/>, <see cref="Shelf"/> and <see cref="Held"/>.</summary>
internal sealed class StreamState(string stream, SegmentShelf shelf)
{
    private readonly SortedDictionary<long, long> _gaps = [];
    private DeliveryCursor _cursor = new([]);
    private bool _isDirty;

    public string Stream { get; } = stream;

    /// <summary>The segment files.</summary>
    public SegmentShelf Shelf { get; } = shelf;

    /// <summary>What is in the journal only.</summary>
    public HeldSegments Held { get; } = new();

    public StreamTail Tail { get; set; }

    /// <summary>All segments up to this one have their signatures; those after it may wait for theirs, and nobody sends them.</summary>
    public long Signed { get; set; }

    /// <summary>Latest time in the newest segment, Unix ms.</summary>
    public long TailT1 { get; set; }

    /// <summary>Settled one way or the other: arrived, named in a gap record, or refused for good.</summary>
    public DeliveryCursor Cursor => _cursor;

    /// <summary>Refused for good by the broker; in the cursor as well. Bounded by <see cref="Retention"/>, which gives up the oldest.</summary>
    public NumberRanges Quarantined { get; private set; } = new();

    /// <summary>Found damaged since the store was opened; in the cursor once a gap record is on its way.</summary>
    public NumberRanges Damaged { get; } = new();

    /// <summary>The oldest pending segment and its time (null if it cannot be read), remembered so that asking for the depth does not read the store.</summary>
    public (long Sequence, long? TimeMs) OldestPending { get; set; }

    /// <summary>True if the journal does not know yet what has been delivered.</summary>
    public bool IsDirty => _isDirty || _cursor.IsDirty;

    /// <summary>A segment, wherever it is; null if it is not there or cannot be read any more.</summary>
    /// <exception cref="IOException">The disk refuses, and may think better of it.</exception>
    public StoredSegment? Find(long sequence) => Held.Find(sequence) ?? Shelf.Find(sequence);

    /// <summary>What is still kept of a range, in files and in the journal.</summary>
    public IEnumerable<NumberRange> Kept(long low, long high)
    {
        var kept = Shelf.Spans(0).Select(span => new NumberRange(span.First, span.Last)).ToList();
        if (Held.First is { } held) kept.Add(new NumberRange(held, Tail.Sequence));
        return kept.Select(range => new NumberRange(Math.Max(range.Low, low), Math.Min(range.High, high))).Where(range => range.Low <= range.High);
    }

    /// <summary>True if it has arrived (or is named in a gap record): it may leave without a word.</summary>
    public bool IsDelivered(long sequence) => _cursor.Contains(sequence) && !Quarantined.TryFind(sequence, out _);

    /// <summary>True if everything from <paramref name="low"/> to <paramref name="high"/> may leave without a word.</summary>
    public bool IsDelivered(long low, long high) => !Undelivered(low, high).Any();

    /// <summary>The ranges from <paramref name="low"/> to <paramref name="high"/> that have not arrived: those that wait, and those that were refused.</summary>
    public IEnumerable<NumberRange> Undelivered(long low, long high)
    {
        for (var at = low; at <= high;)
        {
            if (IsDelivered(at))
            {
                // On to the end of the delivered range, or of its part before a refused one.
                var next = _cursor.NextPending(at);
                foreach (var refused in Quarantined.Ranges)
                    if (refused.Low > at && refused.Low < next) next = refused.Low;
                at = next;
                continue;
            }
            var end = Math.Min(high, Quarantined.TryFind(at, out var own) ? own.High : _cursor.NextDelivered(at) - 1);
            yield return new NumberRange(at, end);
            at = end + 1;
        }
    }

    public void Quarantine(long sequence)
    {
        _cursor.Add(sequence, sequence); // settled, or each refusal would cost the cursor a range
        Quarantined.Add(new NumberRange(sequence, sequence));
        _isDirty = true;
    }

    /// <summary>Named in a gap record: it may leave.</summary>
    public void GiveUp(long low, long high)
    {
        _cursor.Add(low, high);
        _isDirty |= Quarantined.Ranges.Count > 0;
        Quarantined.RemoveAll(new NumberRange(low, high));
    }

    /// <summary>To be sent again, even if it was refused before; returns how many that are.</summary>
    public long SendAgain(long low, long high)
    {
        Quarantined.RemoveAll(new NumberRange(low, high));
        OldestPending = default;
        // What is damaged and settled has been named in a gap record, and cannot be sent. If it is not settled yet, it must not become so here.
        var named = Damaged.Ranges.SelectMany(range => Settled(Math.Max(low, range.Low), Math.Min(high, range.High))).ToList();
        var taken = _cursor.Remove(low, high);
        foreach (var range in named) _cursor.Add(range.Low, range.High);
        return taken - named.Sum(range => range.Count);
    }

    private IEnumerable<NumberRange> Settled(long low, long high)
    {
        for (var at = _cursor.NextDelivered(low); at <= high;)
        {
            var next = _cursor.NextPending(at);
            yield return new NumberRange(at, Math.Min(high, next - 1));
            at = _cursor.NextDelivered(next);
        }
    }

    /// <summary>
    /// What is to be remembered of the cursors, with <paramref name="givenUp"/> settled: that takes effect here (<see cref="GiveUp"/>) when it is on disk together with its gap
    /// records, and not before. The rest counts as remembered.
    /// </summary>
    public OutboxEntry.CursorState Save(IReadOnlyList<Eviction> givenUp)
    {
        _isDirty = false;
        var saved = new StreamState(Stream, Shelf);
        foreach (var named in _gaps.Keys.Where(sequence => IsDelivered(sequence)).ToList()) _gaps.Remove(named);
        saved.Restore(new OutboxEntry.CursorState(Stream, [.. _cursor.Save()], Bounds(Quarantined), []));
        foreach (var range in givenUp) saved.GiveUp(range.Low, range.High);
        return new OutboxEntry.CursorState(Stream, [.. saved._cursor.Save()], Bounds(saved.Quarantined), [.. _gaps.SelectMany(gap => new[] { gap.Key, gap.Value })]);
    }

    /// <summary>What <see cref="Save"/> gave did not reach the disk.</summary>
    public void NotSaved() => _isDirty = true;

    public void Restore(OutboxEntry.CursorState saved)
    {
        _cursor = new DeliveryCursor(saved.Delivered);
        Quarantined = new NumberRanges();
        for (var i = 0; i + 1 < saved.Quarantined.Count; i += 2) Quarantined.Add(new NumberRange(saved.Quarantined[i], saved.Quarantined[i + 1]));
        _gaps.Clear();
        for (var i = 0; i + 1 < saved.Gaps.Count; i += 2) _gaps[saved.Gaps[i]] = saved.Gaps[i + 1];
    }

    /// <summary>A segment was stored; if it is a gap record, <paramref name="low"/> is the lowest number it names.</summary>
    public void Remember(long sequence, long low)
    {
        if (low < sequence) _gaps[sequence] = low;
    }

    /// <summary>
    /// Where the record of the loss of a range has to begin: a gap record that is lost undelivered takes with it what it named, or nobody would name that any more.
    /// </summary>
    public long LowestNamed(long low, long high) =>
        _gaps.Where(gap => gap.Key >= low && gap.Key <= high && !IsDelivered(gap.Key)).Select(gap => gap.Value).Append(low).Min();

    private static long[] Bounds(NumberRanges ranges) => [.. ranges.Ranges.SelectMany(range => new[] { range.Low, range.High })];
}
