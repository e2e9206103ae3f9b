namespace EdgeGateway.Outbox;

/// <summary>
/// Which sequence numbers of one stream are delivered: sorted, disjoint, inclusive ranges. Live segments overtake the backlog, so there is
/// more than one range while a backlog drains. Bounded: beyond <see cref="MaxRanges"/> the newest hole is forgotten towards sending again.
/// </summary>
internal sealed class DeliveryCursor
{
    public const int MaxRanges = 256;

    private readonly List<(long Low, long High)> _ranges = [];

    public DeliveryCursor(IEnumerable<long> bounds)
    {
        var flat = bounds.ToArray();
        for (var i = 0; i + 1 < flat.Length; i += 2) _ranges.Add((flat[i], flat[i + 1]));
    }

    /// <summary>True once something changed since <see cref="Save"/>.</summary>
    public bool IsDirty { get; private set; }

    public bool Contains(long sequence)
    {
        var i = IndexAtOrBefore(sequence);
        return i >= 0 && _ranges[i].High >= sequence;
    }

    /// <summary>The first sequence number at or after <paramref name="from"/> that is not delivered.</summary>
    public long NextPending(long from)
    {
        var i = IndexAtOrBefore(from);
        return i >= 0 && _ranges[i].High >= from ? _ranges[i].High + 1 : from;
    }

    /// <summary>The first sequence number at or after <paramref name="from"/> that is delivered; <see cref="long.MaxValue"/> if there is none.</summary>
    public long NextDelivered(long from)
    {
        var i = IndexAtOrBefore(from);
        if (i >= 0 && _ranges[i].High >= from) return from;
        return i + 1 < _ranges.Count ? _ranges[i + 1].Low : long.MaxValue;
    }

    /// <summary>How many of <c>1..tail</c> are not delivered.</summary>
    public long Pending(long tail)
    {
        var delivered = 0L;
        foreach (var (low, high) in _ranges) delivered += high - low + 1;
        return tail - delivered;
    }

    public void Add(long low, long high)
    {
        IsDirty = true;
        var i = IndexAtOrBefore(low);
        // Grow the range that touches from below, or start a new one after it.
        if (i >= 0 && _ranges[i].High >= low - 1) _ranges[i] = (_ranges[i].Low, Math.Max(_ranges[i].High, high));
        else _ranges.Insert(++i, (low, high));
        while (i + 1 < _ranges.Count && _ranges[i + 1].Low <= _ranges[i].High + 1)
        {
            _ranges[i] = (_ranges[i].Low, Math.Max(_ranges[i].High, _ranges[i + 1].High));
            _ranges.RemoveAt(i + 1);
        }
        if (_ranges.Count > MaxRanges) _ranges.RemoveAt(_ranges.Count - 1);
    }

    /// <summary>Takes the numbers from <paramref name="low"/> to <paramref name="high"/> out; returns how many of them were in.</summary>
    public long Remove(long low, long high)
    {
        var removed = 0L;
        for (var i = Math.Max(0, IndexAtOrBefore(low)); i < _ranges.Count && _ranges[i].Low <= high;)
        {
            var range = _ranges[i];
            var (from, to) = (Math.Max(range.Low, low), Math.Min(range.High, high));
            if (from > to)
            {
                i++;
                continue;
            }
            removed += to - from + 1;
            _ranges.RemoveAt(i);
            if (range.Low < from) _ranges.Insert(i++, (range.Low, from - 1));
            if (to < range.High) _ranges.Insert(i++, (to + 1, range.High));
        }
        IsDirty |= removed > 0;
        return removed;
    }

    /// <summary>The ranges as low, high, low, high …; clears <see cref="IsDirty"/>.</summary>
    public IEnumerable<long> Save()
    {
        IsDirty = false;
        return _ranges.SelectMany(range => new[] { range.Low, range.High }).ToArray();
    }

    private int IndexAtOrBefore(long sequence)
    {
        int low = 0, high = _ranges.Count - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (_ranges[middle].Low <= sequence) low = middle + 1;
            else high = middle - 1;
        }
        return high;
    }
}
