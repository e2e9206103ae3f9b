using System.Collections.Immutable;

namespace EdgeGateway.Precheck.Rules;

/// <summary>A rule in one place: its holds, gates and suppressions. Not thread-safe.</summary>
internal sealed class RuleInstance(Rule rule, RuleScope scope, IRuleTest test, ImmutableArray<PredicateTest> gates)
{
    private const int QuietPeriods = 10;

    private readonly ImmutableArray<RuleSignal> _signals = [.. test.Signals.Distinct()];
    private long? _last;
    private int _fired;
    private int _cleared;
    private int _sinceCalibration = QuietPeriods;
    private int _sinceStart;

    public Rule Rule => rule;

    public RuleScope Scope => scope;

    /// <summary>True between a raise and its clear.</summary>
    public bool IsRaised { get; private set; }

    /// <summary>Periods that were judged, by outcome.</summary>
    public IReadOnlyDictionary<Outcome, int> Counts => _counts;

    /// <summary>The newest reason why it could not be evaluated; empty if it always could.</summary>
    public string NotBecause { get; private set; } = "";

    private readonly Dictionary<Outcome, int> _counts = new() { [Outcome.Ok] = 0, [Outcome.Fire] = 0, [Outcome.NotEvaluable] = 0 };

    /// <summary>Judges the next period of the rule's pace; the change, if it makes one.</summary>
    public RuleChange? See(ClosedPeriod period)
    {
        var missed = _last is { } last ? (int)Math.Clamp((period.Start - last) / rule.Every.Length - 1, 0, int.MaxValue) : 0;
        _last = period.Start;
        var judged = Judge(period, missed);
        _counts[judged.Outcome]++;
        if (judged.Outcome == Outcome.NotEvaluable) NotBecause = judged.Why;
        // What is not evaluable is neither: it interrupts a hold and clears nothing.
        _fired = judged.Outcome == Outcome.Fire ? _fired + 1 : 0;
        _cleared = judged.Outcome == Outcome.Ok ? _cleared + 1 : 0;
        if (!IsRaised && _fired >= rule.HoldOn) return Change(period, judged, isRaised: true);
        return IsRaised && _cleared >= rule.HoldOff ? Change(period, judged, isRaised: false) : null;
    }

    private Judgement Judge(ClosedPeriod period, int missed)
    {
        // The test and the gates always see the period, whatever comes of it, so that their windows have no holes.
        var judged = test.See(period, missed, IsRaised);
        Judgement? closed = null;
        foreach (var gate in gates)
            if (gate.See(period, missed) is { Outcome: not Outcome.Fire } shut) closed ??= shut.Outcome == Outcome.Ok ? Judgement.Not($"gate: not {shut.Why}") : shut;
        return Suppressed(period, missed) ?? closed ?? judged;
    }

    private Judgement? Suppressed(ClosedPeriod period, int missed)
    {
        _sinceStart = missed >= QuietPeriods ? 0 : Math.Min(QuietPeriods, _sinceStart) + 1;
        _sinceCalibration = _signals.Any(signal => IsInCalibration(signal.RowOf(period))) ? 0 : Math.Min(QuietPeriods, _sinceCalibration + 1 + missed);
        foreach (var suppression in rule.Suppressed)
        {
            if (suppression == Suppression.Calibration && _sinceCalibration < QuietPeriods) return Judgement.Not("F1: calibration, maintenance or purge, or just after it");
            if (suppression == Suppression.Start && _sinceStart <= QuietPeriods) return Judgement.Not("F6: just after a start");
            if (suppression == Suppression.SharedStack && scope.SharesStack) return Judgement.Not("F9: the stack is shared");
        }
        return null;
    }

    private static bool IsInCalibration(AggregateRow row) =>
        row.Flags[(int)DataFlag.Calibration] + row.Flags[(int)DataFlag.Maintenance] + row.Flags[(int)DataFlag.Purge] > 0;

    private RuleChange Change(ClosedPeriod period, Judgement judged, bool isRaised)
    {
        IsRaised = isRaised;
        return new RuleChange(this, period.Start, isRaised, judged);
    }
}
