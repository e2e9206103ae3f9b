using EdgeGateway.Evidence;

namespace EdgeGateway.Outbox;

/// <summary>What the open store knows of one stream; guarded by the store's lock.</summary>
internal sealed class StreamState(string stream, SegmentShelf shelf)
{
    private readonly Dictionary<long, StoredSegment> _unsettled = [];
    private readonly Queue<StoredSegment> _inOrder = new();
    private DeliveryCursor _cursor = new([]);
    private bool _isDirty;

    public string Stream { get; } = stream;

    /// <summary>The segment files.</summary>
    public SegmentShelf Shelf { get; } = shelf;

    public StreamTail Tail { get; set; }

    /// <summary>Latest time in the newest segment, Unix ms.</summary>
    public long TailT1 { get; set; }

    /// <summary>Settled one way or the other: arrived, named in a gap record, or refused for good.</summary>
    public DeliveryCursor Cursor => _cursor;

    /// <summary>Refused for good by the broker; in the cursor as well. Bounded: beyond that the oldest two ranges become one.</summary>
    public NumberRanges Quarantined { get; private set; } = new(1_000);

    /// <summary>Found damaged since the store was opened; in the cursor once a gap record is on its way.</summary>
    public NumberRanges Damaged { get; } = new();

    /// <summary>Up to here the segments belong to the journal's older file, which is written over next.</summary>
    public long OlderLapEnd { get; set; }

    /// <summary>Bytes of packed segments that are in the journal only.</summary>
    public long UnsettledBytes { get; private set; }

    /// <summary>The oldest pending segment and its time, remembered so that asking for the depth does not read the store.</summary>
    public (long Sequence, long TimeMs) OldestPending { get; set; }

    /// <summary>True if the journal does not know yet what has been delivered.</summary>
    public bool IsDirty => _isDirty || _cursor.IsDirty;

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
        return _cursor.Remove(low, high);
    }

    /// <summary>What is to be remembered of the cursors; it counts as remembered.</summary>
    public OutboxEntry.CursorState Save()
    {
        _isDirty = false;
        return new OutboxEntry.CursorState(Stream, [.. _cursor.Save()], [.. Quarantined.Ranges.SelectMany(range => new[] { range.Low, range.High })]);
    }

    /// <summary>What <see cref="Save"/> gave did not reach the disk.</summary>
    public void NotSaved() => _isDirty = true;

    public void Restore(OutboxEntry.CursorState saved)
    {
        _cursor = new DeliveryCursor(saved.Delivered);
        Quarantined = new NumberRanges(1_000);
        for (var i = 0; i + 1 < saved.Quarantined.Count; i += 2) Quarantined.Add(new NumberRange(saved.Quarantined[i], saved.Quarantined[i + 1]));
    }

    /// <summary>A segment that is in the journal and in no segment file yet. In order of their sequence numbers.</summary>
    public void Hold(StoredSegment segment)
    {
        if (!_unsettled.TryAdd(segment.Sequence, segment)) return;
        _inOrder.Enqueue(segment);
        UnsettledBytes += segment.Packed.Length;
    }

    public StoredSegment? Held(long sequence) => _unsettled.GetValueOrDefault(sequence);

    /// <summary>The lowest sequence number that is in the journal only; null if none is.</summary>
    public long? FirstHeld => _inOrder.TryPeek(out var first) ? first.Sequence : null;

    /// <summary>The next segments to be moved into a file, up to <paramref name="last"/> and about so many bytes; they stay here until <see cref="Release"/>.</summary>
    public IReadOnlyList<StoredSegment> NextToSettle(long last, int bytes)
    {
        var next = new List<StoredSegment>();
        foreach (var segment in _inOrder)
        {
            if (segment.Sequence > last || bytes <= 0) break;
            next.Add(segment);
            bytes -= segment.Packed.Length;
        }
        return next;
    }

    /// <summary>They are in a file now.</summary>
    public void Release(long last)
    {
        while (_inOrder.TryPeek(out var first) && first.Sequence <= last)
        {
            _inOrder.Dequeue();
            _unsettled.Remove(first.Sequence);
            UnsettledBytes -= first.Packed.Length;
        }
    }
}
