namespace EdgeGateway.Precheck.Rules;

/// <summary>One figure of one signal over the newest periods. Only what is normal counts; at least three quarters of a window must be there.</summary>
internal sealed class RuleSeries(RuleSignal signal, Take take, int length)
{
    private const int EnoughOf = 3;
    private const int EnoughIn = 4;

    public RuleSignal Signal => signal;

    public SlidingWindow Window { get; } = new(length);

    /// <summary>Why the newest value is absent; empty if it is there.</summary>
    public string Absent { get; private set; } = "";

    /// <summary>True if enough of the window is there.</summary>
    public bool HasEnough => Window.Count * EnoughIn >= Window.Length * EnoughOf && Window.Count > 0;

    /// <summary>Takes the next period; <paramref name="missed"/> periods before it had no aggregate.</summary>
    public void See(ClosedPeriod period, int missed)
    {
        for (var i = 0; i < Math.Min(missed, Window.Length); i++) Window.Add(null);
        var row = signal.RowOf(period);
        var value = row.IsNormal ? FigureOf(row, period) : null;
        Absent = value is not null ? "" : row.IsNormal ? $"{signal.Name} has no {NameOf(take)} ({(row.Why.Length > 0 ? row.Why : "too few")})" : $"{signal.Name} is {DataFlags.TextOf(row.Flag)}";
        Window.Add(value);
    }

    /// <summary>A figure of the window; null if too little is there.</summary>
    public decimal? Figure(WindowFigure figure) => !HasEnough ? null : figure switch
    {
        WindowFigure.Min => Window.Min,
        WindowFigure.Max => Window.Max,
        _ => Window.Mean,
    };

    /// <summary>Why there is no figure.</summary>
    public string Missing => Absent.Length > 0 ? Absent : $"{signal.Name}: {Window.Count} of {Window.Length} periods";

    // A converted mean over fewer parts than a valid period needs is none to judge by.
    private decimal? FigureOf(AggregateRow row, ClosedPeriod period) => take switch
    {
        Take.Min => row.Min,
        Take.Max => row.Max,
        Take.Dry => row.Dry,
        Take.Reference => row.ReferenceValid >= period.Period.Needed ? row.Reference : null,
        _ => row.Mean,
    };

    private static string NameOf(Take take) => take switch { Take.Reference => "ref", Take.Dry => "dry", Take.Min => "min", Take.Max => "max", _ => "mean" };
}
