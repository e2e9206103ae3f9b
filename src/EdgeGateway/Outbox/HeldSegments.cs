namespace EdgeGateway.Outbox;

/// <summary>The segments of one stream that are in the journal and in no segment file yet, by rising sequence number. Thread-safe.</summary>
internal sealed class HeldSegments
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, StoredSegment> _segments = [];
    private readonly Queue<StoredSegment> _inOrder = new();
    private long _bytes;

    /// <summary>Bytes of their packed lines.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate) return _bytes;
        }
    }

    /// <summary>The lowest sequence number among them; null if there are none.</summary>
    public long? First
    {
        get
        {
            lock (_gate) return _inOrder.TryPeek(out var first) ? first.Sequence : null;
        }
    }

    /// <summary>Takes one that follows all the others; one that is here already does nothing.</summary>
    public void Add(StoredSegment segment)
    {
        lock (_gate)
        {
            if (!_segments.TryAdd(segment.Sequence, segment)) return;
            _inOrder.Enqueue(segment);
            _bytes += segment.Packed.Length;
        }
    }

    public StoredSegment? Find(long sequence)
    {
        lock (_gate) return _segments.GetValueOrDefault(sequence);
    }

    /// <summary>The first ones, none newer than <paramref name="last"/>, of about so many bytes together. They stay here until <see cref="Release"/>.</summary>
    public IReadOnlyList<StoredSegment> Next(long last, long bytes)
    {
        lock (_gate)
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
    }

    /// <summary>Lets go of those up to <paramref name="last"/>: they are in a file now.</summary>
    public void Release(long last)
    {
        lock (_gate)
        {
            while (_inOrder.TryPeek(out var first) && first.Sequence <= last)
            {
                _inOrder.Dequeue();
                _segments.Remove(first.Sequence);
                _bytes -= first.Packed.Length;
            }
        }
    }
}
