namespace EdgeGateway.Evidence;

/// <summary>
/// Which signals of one group have a row in which slots of one boot. Slots that are covered once and completely, in rising order, are kept as
/// runs; only what is out of order, partial or doubled is kept row by row. Rows are added first, then <see cref="Close"/>, then the answers.
/// </summary>
/// <param name="width">Number of signals of the group.</param>
/// <param name="lastSlotDue">What the boot's stop gives for the group; null without one.</param>
internal sealed class SlotCoverage(int width, long? lastSlotDue)
{
    private readonly List<NumberRange> _whole = [];
    private readonly List<DataRow> _open = [];
    private readonly List<DataRow> _odd = [];

    /// <summary>The highest slot of any row; null without rows.</summary>
    public long? Highest { get; private set; }

    /// <summary>The first slot in which a signal has two rows.</summary>
    public long? FirstTwice { get; private set; }

    /// <summary>The first slot after the last one due that has a row.</summary>
    public long? FirstAfterStop { get; private set; }

    public void Add(in DataRow row)
    {
        if (row.Slot > lastSlotDue) FirstAfterStop = Math.Min(row.Slot, FirstAfterStop ?? long.MaxValue);
        if (Highest is { } highest && row.Slot < highest)
        {
            _odd.Add(row);
            return;
        }
        if (row.Slot != Highest) CloseSlot();
        Highest = row.Slot;
        _open.Add(row);
    }

    /// <summary>No more rows come.</summary>
    public void Close()
    {
        CloseSlot();
        if (_odd.Count == 0) return;
        _odd.Sort(static (a, b) => a.Slot != b.Slot ? a.Slot.CompareTo(b.Slot) : a.First.CompareTo(b.First));
        var completed = new List<NumberRange>();
        var run = 0;
        for (var i = 0; i < _odd.Count;)
        {
            var slot = _odd[i].Slot;
            var end = i + 1;
            while (end < _odd.Count && _odd[end].Slot == slot) end++;
            var (isWhole, isTwice) = Tile(_odd, i, end);
            i = end;
            while (run < _whole.Count && _whole[run].High < slot) run++;
            var isInRun = run < _whole.Count && _whole[run].Low <= slot;
            if (isTwice || isInRun) FirstTwice ??= slot;
            if (isWhole && !isInRun) completed.Add(new NumberRange(slot, slot));
        }
        _odd.Clear();
        _whole.AddRange(completed);
        _whole.Sort(static (a, b) => a.Low.CompareTo(b.Low));
    }

    /// <summary>The first slot of a range in which a signal has no row.</summary>
    public long? FirstUncovered(NumberRange due)
    {
        var next = due.Low;
        foreach (var run in _whole)
        {
            if (run.High < next) continue;
            if (run.Low > next || run.High >= due.High) return run.Low > next && next <= due.High ? next : null;
            next = run.High + 1;
        }
        return next <= due.High ? next : null;
    }

    private void CloseSlot()
    {
        if (_open.Count == 0) return;
        if (_open.Count > 1) _open.Sort(static (a, b) => a.First.CompareTo(b.First));
        var slot = _open[0].Slot;
        if (Tile(_open, 0, _open.Count) is (IsWhole: true, IsTwice: false))
        {
            if (_whole.Count > 0 && _whole[^1].High == slot - 1) _whole[^1] = _whole[^1] with { High = slot };
            else _whole.Add(new NumberRange(slot, slot));
        }
        else
        {
            _odd.AddRange(_open);
        }
        _open.Clear();
    }

    /// <summary>Rows of one slot, by their first signal.</summary>
    private (bool IsWhole, bool IsTwice) Tile(List<DataRow> rows, int from, int to)
    {
        var isWhole = true;
        var isTwice = false;
        var reached = 0;
        for (var i = from; i < to; i++)
        {
            isTwice |= rows[i].First < reached;
            isWhole &= rows[i].First <= reached;
            reached = Math.Max(reached, rows[i].First + rows[i].Count);
        }
        return (isWhole && reached == width, isTwice);
    }
}
