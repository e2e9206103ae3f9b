namespace EdgeGateway.Precheck.Rules;

/// <summary>
/// The newest values of a series, some of which may be absent: mean and extremes in constant time per value. Sums are of decimals with six places, so they do not drift.
/// </summary>
internal sealed class SlidingWindow(int length)
{
    private readonly decimal?[] _values = new decimal?[length];
    private readonly Extreme _low = new(length, isMax: false);
    private readonly Extreme _high = new(length, isMax: true);
    private long _next;
    private decimal _sum;

    /// <summary>How many values it holds when it is full.</summary>
    public int Length => length;

    /// <summary>How many of them are there.</summary>
    public int Count { get; private set; }

    public decimal? Mean => Count == 0 ? null : _sum / Count;

    public decimal? Min => Count == 0 ? null : _low.Value;

    public decimal? Max => Count == 0 ? null : _high.Value;

    /// <summary>The value that many steps ago; 0 is the newest. Null if it is absent.</summary>
    public decimal? this[int ago] => ago >= length || ago >= _next ? null : _values[(_next - 1 - ago) % length];

    public void Add(decimal? value)
    {
        ref var slot = ref _values[_next % length];
        if (slot is { } old)
        {
            _sum -= old;
            Count--;
        }
        slot = value;
        _low.Forget(_next - length);
        _high.Forget(_next - length);
        if (value is { } number)
        {
            _sum += number;
            Count++;
            _low.Add(_next, number);
            _high.Add(_next, number);
        }
        _next++;
    }

    /// <summary>Candidates for the extreme: each stays until a newer one is as extreme, or it is too old.</summary>
    private sealed class Extreme(int length, bool isMax)
    {
        private readonly (long Step, decimal Value)[] _queue = new (long, decimal)[length];
        private long _first;
        private long _end;

        public decimal Value => _queue[_first % _queue.Length].Value;

        public void Add(long step, decimal value)
        {
            while (_end > _first && (isMax ? _queue[(_end - 1) % _queue.Length].Value <= value : _queue[(_end - 1) % _queue.Length].Value >= value)) _end--;
            _queue[_end++ % _queue.Length] = (step, value);
        }

        public void Forget(long upTo)
        {
            while (_end > _first && _queue[_first % _queue.Length].Step <= upTo) _first++;
        }
    }
}
