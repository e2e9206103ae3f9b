namespace EdgeGateway.Evidence;

/// <summary>A set of numbers as disjoint ranges in rising order, at most <paramref name="maxRanges"/> of them.</summary>
internal sealed class NumberRanges(int maxRanges = int.MaxValue)
{
    private readonly List<NumberRange> _ranges = [];

    public IReadOnlyList<NumberRange> Ranges => _ranges;

    /// <summary>Adds all numbers of a range. Over the limit the two lowest ranges become one that spans the numbers between them too.</summary>
    public void Add(NumberRange range)
    {
        var at = IndexOfFirstReaching(range.Low > long.MinValue ? range.Low - 1 : range.Low);
        var end = at;
        while (end < _ranges.Count && _ranges[end].Low - 1 <= range.High)
        {
            range = new NumberRange(Math.Min(range.Low, _ranges[end].Low), Math.Max(range.High, _ranges[end].High));
            end++;
        }
        _ranges.RemoveRange(at, end - at);
        _ranges.Insert(at, range);
        if (_ranges.Count <= maxRanges) return;
        _ranges[1] = new NumberRange(_ranges[0].Low, _ranges[1].High);
        _ranges.RemoveAt(0);
    }

    /// <summary>Takes one number out; false if it is not in.</summary>
    public bool Remove(long number)
    {
        if (!TryFind(number, out _)) return false;
        RemoveAll(new NumberRange(number, number));
        return true;
    }

    /// <summary>Takes a range of numbers out, as far as they are in.</summary>
    public void RemoveAll(NumberRange range)
    {
        var at = IndexOfFirstReaching(range.Low);
        while (at < _ranges.Count && _ranges[at].Low <= range.High)
        {
            var cut = _ranges[at];
            _ranges.RemoveAt(at);
            if (cut.Low < range.Low) _ranges.Insert(at++, cut with { High = range.Low - 1 });
            if (cut.High > range.High) _ranges.Insert(at++, cut with { Low = range.High + 1 });
        }
    }

    /// <summary>The range a number is in.</summary>
    public bool TryFind(long number, out NumberRange range)
    {
        var at = IndexOfFirstReaching(number);
        range = at < _ranges.Count ? _ranges[at] : default;
        return at < _ranges.Count && range.Low <= number;
    }

    /// <summary>True if any number from <paramref name="low"/> to <paramref name="high"/> is in the set.</summary>
    public bool TryFindWithin(long low, long high)
    {
        var at = IndexOfFirstReaching(low);
        return at < _ranges.Count && _ranges[at].Low <= high;
    }

    /// <summary>The unbroken runs of numbers of <paramref name="within"/> that are not in the set, rising.</summary>
    public IEnumerable<NumberRange> Without(NumberRange within)
    {
        var next = within.Low;
        for (var i = IndexOfFirstReaching(within.Low); i < _ranges.Count && _ranges[i].Low <= within.High; i++)
        {
            if (_ranges[i].Low > next) yield return new NumberRange(next, _ranges[i].Low - 1);
            if (_ranges[i].High >= within.High) yield break;
            next = _ranges[i].High + 1;
        }
        if (next <= within.High) yield return within with { Low = next };
    }

    /// <summary>Index of the first range whose end is not below the number.</summary>
    private int IndexOfFirstReaching(long number)
    {
        var low = 0;
        var high = _ranges.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_ranges[middle].High < number) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
