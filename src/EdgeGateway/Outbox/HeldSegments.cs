namespace EdgeGateway.Outbox;

/// <summary>
/// The segments of one stream that are in the journal and in no segment file yet, by rising sequence number; the first of them perhaps in the journal's older file, which is
/// written over next. Thread-safe.
/// </summary>
internal sealed class HeldSegments
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, StoredSegment> _segments = [];
    private readonly Queue<long> _inOrder = new();
    private long _bytes;
    private long _olderBytes;
    private long _olderEnd;
    private long _last;

    /// <summary>Bytes of their packed lines.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate) return _bytes;
        }
    }

    /// <summary>Bytes of the packed lines of those in the journal's older file.</summary>
    public long OlderBytes
    {
        get
        {
            lock (_gate) return _olderBytes;
        }
    }

    /// <summary>The lowest sequence number among them; null if there are none.</summary>
    public long? First
    {
        get
        {
            lock (_gate) return _inOrder.TryPeek(out var first) ? first : null;
        }
    }

    /// <summary>Takes one that follows all the others; one that is here already does nothing.</summary>
    public void Add(StoredSegment segment)
    {
        lock (_gate)
        {
            if (!_segments.TryAdd(segment.Sequence, segment)) return;
            _inOrder.Enqueue(segment.Sequence);
            _bytes += segment.Packed.Length;
            _last = segment.Sequence;
        }
    }

    /// <summary>Puts a segment in the place of the one with its number; false if that is not here.</summary>
    public bool Replace(StoredSegment segment)
    {
        lock (_gate)
        {
            if (!_segments.TryGetValue(segment.Sequence, out var before)) return false;
            _segments[segment.Sequence] = segment;
            var more = segment.Packed.Length - before.Packed.Length;
            _bytes += more;
            if (segment.Sequence <= _olderEnd) _olderBytes += more;
            return true;
        }
    }

    public StoredSegment? Find(long sequence)
    {
        lock (_gate) return _segments.GetValueOrDefault(sequence);
    }

    /// <summary>All that are here are in the journal's older file from now on; those of the lap before have been released.</summary>
    public void EndLap()
    {
        lock (_gate) (_olderBytes, _olderEnd) = (_bytes, _last);
    }

    /// <summary>The first ones of the journal's older file, of about so many bytes together. They stay here until <see cref="Release"/>.</summary>
    public IReadOnlyList<StoredSegment> NextOlder(long bytes)
    {
        lock (_gate)
        {
            var next = new List<StoredSegment>();
            foreach (var sequence in _inOrder)
            {
                if (sequence > _olderEnd || bytes <= 0) break;
                var segment = _segments[sequence];
                next.Add(segment);
                bytes -= segment.Packed.Length;
            }
            return next;
        }
    }

    /// <summary>Lets go of those up to <paramref name="last"/>: they are in a file now.</summary>
    public void Release(long last)
    {
        lock (_gate)
        {
            while (_inOrder.TryPeek(out var first) && first <= last)
            {
                _inOrder.Dequeue();
                _segments.Remove(first, out var gone);
                _bytes -= gone!.Packed.Length; // each number in the queue has its segment
                if (first <= _olderEnd) _olderBytes -= gone.Packed.Length;
            }
        }
    }
}
