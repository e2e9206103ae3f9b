namespace EdgeGateway.PlantSimulator.OpcUa;

/// <summary>One attribute that a subscription watches: samples it, and keeps what has changed in a queue (OPC 10000-4, 5.13). Touched only under the server's lock.</summary>
/// <param name="source">The value now.</param>
internal sealed class MonitoredItem(uint id, UaNode node, int times, Func<Told> source)
{
    private readonly Queue<Told> _queue = new();
    private Told? _sampled;
    private long _nextAt;

    public uint Id => id;

    public UaNode Node => node;

    /// <summary>Which times the client wants.</summary>
    public int Times { get; set; } = times;

    public uint ClientHandle { get; set; }

    /// <summary>0 disabled, 1 sampling, 2 reporting.</summary>
    public uint Mode { get; private set; }

    public long SamplingMs { get; set; }

    public uint QueueSize { get; set; } = 1;

    public bool KeepsNewest { get; set; } = true;

    public ChangeFilter Filter { get; set; } = ChangeFilter.Default;

    /// <summary>What the client was told last; null for nothing yet.</summary>
    public Told? LastTold { get; private set; }

    public bool HasNews => Mode == 2 && _queue.Count > 0;

    public void SetMode(uint mode)
    {
        Mode = mode;
        if (mode != 0) return;
        _queue.Clear();
        (_sampled, LastTold) = (null, null);
    }

    /// <summary>Looks at the value if it is time to.</summary>
    /// <param name="nowMs">The server's clock.</param>
    /// <param name="overflows">A fault: there is room for one value only, and that shows.</param>
    public void Sample(long nowMs, bool overflows)
    {
        if (Mode == 0 || nowMs < _nextAt) return;
        _nextAt = nowMs + SamplingMs;
        var now = source();
        if (_sampled is { } before && !Filter.IsChange(before.Sample, now.Sample)) return;
        _sampled = now;
        Put(now, overflows);
    }

    /// <summary>Tells the present value again, as to somebody new.</summary>
    public void Repeat()
    {
        if (Mode == 0 || _queue.Count > 0) return;
        _sampled = source();
        _queue.Enqueue(_sampled.Value);
    }

    public Told Take()
    {
        var told = _queue.Dequeue();
        LastTold = told;
        return told;
    }

    /// <summary>After the queue has become smaller.</summary>
    public void Trim()
    {
        while (_queue.Count > QueueSize) _queue.Dequeue();
    }

    private void Put(Told now, bool overflows)
    {
        var room = overflows ? 1 : QueueSize;
        if (_queue.Count < room)
        {
            _queue.Enqueue(now);
            return;
        }
        // A queue of one place has no overflow: only the newest is ever wanted (OPC 10000-4, 7.21).
        var mark = QueueSize > 1 || overflows;
        var kept = _queue.ToArray();
        if (KeepsNewest) kept = [.. kept[(kept.Length - (int)room + 1)..], now];
        else kept[^1] = now;
        var at = KeepsNewest ? 0 : kept.Length - 1;
        if (mark) kept[at] = kept[at] with { Sample = kept[at].Sample with { Status = kept[at].Sample.Status | UaStatus.Overflow } };
        _queue.Clear();
        foreach (var one in kept) _queue.Enqueue(one);
    }
}
