namespace EdgeGateway.Evidence;

/// <summary>
/// One stream as it arrives: contiguous up to a watermark, out of order above it. All it remembers has a bound; where a bound is reached it errs
/// towards calling a payload new, because keeping one twice is harmless and losing one is not.
/// </summary>
internal sealed class LiveStream(StreamKey key)
{
    /// <summary>Payloads waiting for one before them. Beyond that the lowest hole is written off: it still counts as missing.</summary>
    public const int MaxWaiting = 100_000;

    /// <summary>Payloads below the watermark whose hash is still known, so that a fork is seen. A fork of an older one passes as a duplicate.</summary>
    public const int MaxRecent = 4_096;

    private const int MaxRanges = 10_000;
    private const int MaxForksKnown = 1_000;

    private readonly SortedDictionary<long, Waiting> _waiting = [];
    private readonly Dictionary<long, ChainHash> _recent = [];
    private readonly Queue<long> _recentInOrder = new();
    private readonly HashSet<ChainHash> _forksKnown = [];
    private readonly Dictionary<long, ChainHash> _hashesOfHigh = [];

    // Absent, below and above the watermark: a number that comes after all is taken out and is new.
    private readonly NumberRanges _named = new(MaxRanges);
    private readonly NumberRanges _writtenOff = new(MaxRanges);

    private string _site = "";
    private long _watermark;
    private ChainHash? _hashAtWatermark = ChainHash.Zero;
    private long _lowest;
    private long _newest;
    private long _forks;
    private long _chainBreaks;

    public Arrival Take(PayloadFacts facts)
    {
        var sequence = facts.Sequence;
        _site = facts.Site;
        if (KnownHash(sequence) is { } known)
        {
            if (known == facts.Hash) return Arrival.Duplicate;
            if (_forksKnown.Contains(facts.Hash)) return Arrival.Duplicate;
            if (_forksKnown.Count < MaxForksKnown) _forksKnown.Add(facts.Hash);
            _forks++;
            return Arrival.Fork;
        }
        var wasNamed = _named.Remove(sequence);
        if (sequence <= _watermark)
        {
            if (!_writtenOff.Remove(sequence) && !wasNamed) return Arrival.Duplicate;
            Remember(sequence, facts.Hash);
        }
        else
        {
            _waiting.Add(sequence, new Waiting(facts.Hash, facts.Previous));
        }
        _lowest = _lowest == 0 ? sequence : Math.Min(_lowest, sequence);
        _newest = Math.Max(_newest, sequence);
        if (facts.Body is LossGap gap) TakeGap(gap);
        Advance();
        while (_waiting.Count > MaxWaiting) WriteOffTheLowestHole();
        return Arrival.New;
    }

    /// <summary>A head or a birth says how far the gateway has come.</summary>
    public void Take(Claim claim)
    {
        _newest = Math.Max(_newest, claim.Sequence);
        if (claim.Sequence > 0 && KnownHash(claim.Sequence) is { } known && known != claim.Hash) _chainBreaks++;
    }

    public LiveStreamStatus Status()
    {
        var missing = _writtenOff.Ranges.Sum(range => range.Count);
        var holes = _writtenOff.Ranges.Count;
        var next = _watermark + 1;
        foreach (var sequence in _waiting.Keys)
        {
            CountHoles(next, sequence - 1, ref missing, ref holes);
            next = sequence + 1;
        }
        CountHoles(next, _newest, ref missing, ref holes);
        return new LiveStreamStatus
        {
            Stream = key,
            Lowest = _lowest,
            Site = _site,
            Contiguous = _watermark,
            HashOfContiguous = _watermark > 0 ? _hashAtWatermark : null,
            IsWhole = _writtenOff.Ranges.Count == 0 && _forks == 0 && _chainBreaks == 0,
            Newest = _newest,
            Missing = missing,
            Holes = holes,
            NamedByGaps = _named.Ranges.Sum(range => range.Count),
            Forks = _forks,
            ChainBreaks = _chainBreaks,
        };
    }

    private void CountHoles(long low, long high, ref long missing, ref int holes)
    {
        if (low > high) return;
        foreach (var run in _named.Without(new NumberRange(low, high)))
        {
            missing += run.Count;
            holes++;
        }
    }

    private ChainHash? KnownHash(long sequence)
    {
        if (_waiting.TryGetValue(sequence, out var waiting)) return waiting.Hash;
        return _recent.TryGetValue(sequence, out var hash) ? hash : null;
    }

    private void Remember(long sequence, ChainHash hash)
    {
        _recent[sequence] = hash;
        _recentInOrder.Enqueue(sequence);
        if (_recentInOrder.Count > MaxRecent) _recent.Remove(_recentInOrder.Dequeue());
    }

    /// <summary>What a gap names is absent with a reason: what was written off, or is still to come, of it.</summary>
    private void TakeGap(LossGap gap)
    {
        foreach (var run in _writtenOff.Ranges.Where(range => range.Low <= gap.High && range.High >= gap.Low).ToList())
        {
            var excused = new NumberRange(Math.Max(run.Low, gap.Low), Math.Min(run.High, gap.High));
            _writtenOff.RemoveAll(excused);
            _named.Add(excused);
        }
        if (gap.High <= _watermark) return;
        if (_hashesOfHigh.Count == MaxRanges)
            foreach (var passed in _hashesOfHigh.Keys.Where(high => high < _watermark).ToList()) _hashesOfHigh.Remove(passed);
        if (_hashesOfHigh.Count < MaxRanges) _hashesOfHigh.TryAdd(gap.High, gap.HashOfHigh);
        var next = Math.Max(gap.Low, _watermark + 1);
        // Rare, and bounded by what may wait: the numbers of the gap that are here are not absent.
        foreach (var sequence in _waiting.Keys)
        {
            if (sequence < next) continue;
            if (sequence > gap.High) break;
            if (sequence > next) _named.Add(new NumberRange(next, sequence - 1));
            next = sequence + 1;
        }
        if (next <= gap.High) _named.Add(new NumberRange(next, gap.High));
    }

    private void Advance()
    {
        while (true)
        {
            var next = _watermark + 1;
            if (_waiting.Remove(next, out var waiting)) Pass(next, waiting);
            else if (_waiting.Count > 0 && _named.TryFind(next, out var absent)) PassAbsent(Math.Min(absent.High, _waiting.First().Key - 1));
            else return;
        }
    }

    private void Pass(long sequence, Waiting waiting)
    {
        var breaks = (_hashAtWatermark is { } before && waiting.Previous != before)
            || (_hashesOfHigh.TryGetValue(sequence - 1, out var named) && waiting.Previous != named);
        if (breaks) _chainBreaks++;
        _hashesOfHigh.Remove(sequence - 1);
        Remember(sequence, waiting.Hash);
        _watermark = sequence;
        _hashAtWatermark = waiting.Hash;
    }

    private void PassAbsent(long high)
    {
        _watermark = high;
        // What comes next is checked against the gap that ends here, if one does.
        _hashAtWatermark = null;
    }

    private void WriteOffTheLowestHole()
    {
        var (lowest, _) = _waiting.First();
        foreach (var run in _named.Without(new NumberRange(_watermark + 1, lowest - 1)).ToList()) _writtenOff.Add(run);
        PassAbsent(lowest - 1);
        Advance();
    }

    private readonly record struct Waiting(ChainHash Hash, ChainHash Previous);
}
