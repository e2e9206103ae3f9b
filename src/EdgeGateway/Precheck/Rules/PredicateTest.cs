using System.Collections.Immutable;

namespace EdgeGateway.Precheck.Rules;

/// <summary>A predicate in one place.</summary>
internal sealed class PredicateTest(Predicate predicate, ImmutableArray<RuleSeries> series)
{
    public IEnumerable<RuleSignal> Signals => series.Select(one => one.Signal);

    /// <summary>Judges the next period.</summary>
    /// <param name="relaxed">The share of the threshold by which it is moved towards what is all right.</param>
    /// <param name="atLeast">How many signals must fulfil it; null: as the predicate says.</param>
    public Judgement See(ClosedPeriod period, int missed, decimal relaxed = 0m, int? atLeast = null)
    {
        foreach (var one in series) one.See(period, missed);
        var (fires, known) = (0, 0);
        string? why = null;
        string? missing = null;
        foreach (var one in series)
        {
            var judged = Judge(one, period.Start, relaxed);
            if (judged.Outcome == Outcome.NotEvaluable) missing ??= judged.Why;
            else known++;
            if (judged.Outcome == Outcome.Fire) fires++;
            if (judged.Outcome != Outcome.NotEvaluable && (why is null || judged.Outcome == Outcome.Fire && fires == 1)) why = judged.Why;
        }
        var needed = atLeast ?? (predicate.Signals == Combination.All ? series.Length : 1);
        if (fires >= needed) return new Judgement(Outcome.Fire, why ?? "");
        // What is not known could still make it true.
        return fires + (series.Length - known) >= needed ? Judgement.Not(missing ?? "") : new Judgement(Outcome.Ok, why ?? "");
    }

    private Judgement Judge(RuleSeries one, long start, decimal relaxed)
    {
        if (one.Absent.Length > 0 || one.Figure(predicate.Figure) is not { } figure) return Judgement.Not(one.Missing);
        if (predicate.Bound.For(one.Signal, predicate.Take, start) is not { } bound) return Judgement.Not($"no limit in force for {one.Signal.Name}");
        return Judgement.Of(predicate.Holds(figure, bound, relaxed * Math.Abs(bound)),
            $"{one.Signal.Name} {Judgement.Figure(figure)} {predicate.OpText} {Judgement.Figure(bound)} {one.Signal.Binding.Role.Unit}".TrimEnd());
    }
}
