namespace EdgeGateway.PlantSimulator;

/// <summary>
/// What the plant served, and when: the record that delivered data is checked against. Append-only and bounded: beyond the limit the
/// oldest leave, in blocks, and are counted. Any thread may ask.
/// </summary>
/// <param name="maxEntries">The most values kept, at 16 bytes each; a little more may be held, in blocks that are not full yet.</param>
internal sealed class ServedLedger(long maxEntries = 4_000_000)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Device, string Point), ServedTrack> _tracks = [];
    private readonly Queue<ServedTrack> _ages = new();
    private long _count;
    private long _dropped;

    /// <summary>Values kept.</summary>
    public long Count
    {
        get
        {
            lock (_lock) return _count;
        }
    }

    /// <summary>Values that left because the ledger was full.</summary>
    public long Dropped
    {
        get
        {
            lock (_lock) return _dropped;
        }
    }

    /// <summary>Everything kept of one point, oldest first: a copy. Empty for a point nobody knows.</summary>
    public IReadOnlyList<ServedValue> For(string device, string point)
    {
        lock (_lock)
        {
            if (!_tracks.TryGetValue((device, point), out var track)) return [];
            var values = new List<ServedValue>((int)(track.End - track.First));
            for (var number = track.First; number < track.End; number++) values.Add(track[number]);
            return values;
        }
    }

    /// <summary>The track of a point, made at the first call.</summary>
    internal ServedTrack Open(string device, SimulatedPoint point)
    {
        lock (_lock)
        {
            if (!_tracks.TryGetValue((device, point.Name), out var track))
                _tracks.Add((device, point.Name), track = new ServedTrack(device, point));
            return track;
        }
    }

    /// <summary>Takes down what one answer carries.</summary>
    internal void Append(List<ServedEntry> served, long utcMs, FaultKind fault)
    {
        lock (_lock)
        {
            foreach (var entry in served)
                if (entry.Track.Add(utcMs, fault, entry)) _ages.Enqueue(entry.Track);
            _count += served.Count;
            while (_count > maxEntries && _ages.TryDequeue(out var oldest))
            {
                var dropped = oldest.DropBlock();
                _count -= dropped;
                _dropped += dropped;
            }
        }
    }

    /// <summary>Looks at the track of a point under the ledger's lock; <paramref name="look"/> gets null for a point nobody knows.</summary>
    internal T Look<T>(string device, string point, Func<ServedTrack?, T> look)
    {
        lock (_lock) return look(_tracks.GetValueOrDefault((device, point)));
    }
}
