namespace EdgeGateway.Precheck.Rules;

/// <summary>
/// What the running hour will come to, from its valid minutes so far: an exponentially weighted mean of them, with a damped robust trend of the newest ones. The official mean
/// is over valid minutes, so the denominator counts those and the minutes to come.
/// </summary>
internal sealed class HourForecast
{
    public const int MinutesOfHour = 60;

    private const int TrendMinutes = 15;
    private const int DayMinutes = 24 * MinutesOfHour;
    private const decimal Weight = 2m / 11m; // of a mean over ten minutes
    private const decimal Damping = 0.9m;

    private readonly SlidingWindow _trend = new(TrendMinutes);
    private readonly SlidingWindow _lastHour = new(MinutesOfHour);
    private readonly SlidingWindow _lastDay = new(DayMinutes);
    private readonly List<decimal> _scratch = [];
    private decimal _sum;

    /// <summary>Valid minutes of this hour.</summary>
    public int Valid { get; private set; }

    /// <summary>Minutes of this hour that are to come.</summary>
    public int Left { get; private set; } = MinutesOfHour;

    /// <summary>The exponentially weighted mean of this hour's valid minutes; means nothing while there is none.</summary>
    public decimal Level { get; private set; }

    /// <summary>The mean that the hour will have if things go on as they do; null while nothing is valid.</summary>
    public decimal? Expected
    {
        get
        {
            if (Valid == 0) return null;
            var (slope, most, sum, damped) = (Slope(), 2m * (_lastHour.Max ?? 0m), _sum, 1m);
            for (var k = 1; k <= Left; k++)
            {
                damped *= Damping;
                sum += Math.Clamp(Level + slope * damped * k, 0m, Math.Max(0m, most));
            }
            return sum / (Valid + Left);
        }
    }

    /// <summary>Starts another hour.</summary>
    public void StartHour() => (Valid, _sum, Left) = (0, 0m, MinutesOfHour);

    /// <summary>Takes a minute.</summary>
    /// <param name="value">Its converted mean; null if it is not valid.</param>
    /// <param name="left">Minutes of the hour after this one.</param>
    public void Add(decimal? value, int left)
    {
        _trend.Add(value);
        _lastHour.Add(value);
        _lastDay.Add(value);
        Left = left;
        if (value is not { } number) return;
        Level = Valid == 0 ? number : Level + Weight * (number - Level);
        _sum += number;
        Valid++;
    }

    /// <summary>Minutes without an aggregate.</summary>
    public void Miss(int minutes)
    {
        for (var i = 0; i < Math.Min(minutes, DayMinutes); i++)
        {
            _trend.Add(null);
            _lastHour.Add(null);
            _lastDay.Add(null);
        }
    }

    /// <summary>The mean that the rest of the hour must not exceed if the hour is to keep the limit; null when nothing is left of it.</summary>
    public decimal? Allowance(decimal limit) => Left == 0 ? null : (limit * (Valid + Left) - _sum) / Left;

    /// <summary>What only one minute of twenty of the last day was below; null while nothing is known.</summary>
    public decimal? LowOfDay()
    {
        _scratch.Clear();
        for (var ago = 0; ago < DayMinutes; ago++)
            if (_lastDay[ago] is { } value) _scratch.Add(value);
        if (_scratch.Count == 0) return null;
        _scratch.Sort();
        return _scratch[(_scratch.Count - 1) / 20];
    }

    // Theil-Sen: the median of the slopes of all pairs, which one wild minute cannot move.
    private decimal Slope()
    {
        _scratch.Clear();
        for (var later = 0; later < TrendMinutes; later++)
        {
            if (_trend[later] is not { } end) continue;
            for (var earlier = later + 1; earlier < TrendMinutes; earlier++)
                if (_trend[earlier] is { } start) _scratch.Add((end - start) / (earlier - later));
        }
        if (_scratch.Count == 0) return 0m;
        _scratch.Sort();
        var middle = _scratch.Count / 2;
        return _scratch.Count % 2 == 1 ? _scratch[middle] : (_scratch[middle - 1] + _scratch[middle]) / 2m;
    }
}
