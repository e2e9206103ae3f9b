using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using EdgeGateway.Config;

namespace EdgeGateway.Precheck.Rules.Kinds;

/// <summary>DURATION: <c>while</c> has been true for <c>longest</c> without a break, or has become true <c>starts</c> times within <c>over</c>.</summary>
internal sealed class DurationKind : IRuleKind
{
    private const int MostStarts = 1000;

    public string Name => "DURATION";

    public ImmutableArray<string> Keys { get; } = ["while", "longest", "starts", "over"];

    public IRuleCondition? Read(RuleSection section)
    {
        section.Section.RefuseMissing("while", "a predicate", "add while");
        var predicate = section.Section.Child("while") is { } part ? section.PredicateOf(part) : null;
        var longest = section.Row.Text("longest") is null ? (int?)null : section.Periods("longest", TimeSpan.Zero);
        var starts = section.Row.Text("starts") is null ? (int?)null : section.Row.Whole("starts", 1, 1, MostStarts);
        var over = section.Periods("over", RuleSection.KeptHistory);
        if (longest is null && starts is null) section.Row.Refuse("longest", "nothing", "longest, starts or both", "add longest: 60m, or starts: 4 with over: 24h");
        return predicate is null || section.Row.HasFaults ? null : new Condition(predicate, longest, starts, over);
    }

    private sealed record Condition(Predicate While, int? Longest, int? Starts, int Over) : IRuleCondition
    {
        public bool TryBind(RuleScope scope, [NotNullWhen(true)] out IRuleTest? test, out string missing)
        {
            test = While.TryBind(scope, out var bound, out missing) ? new Test(bound, this) : null;
            return test is not null;
        }
    }

    private sealed class Test(PredicateTest predicate, Condition condition) : IRuleTest
    {
        // 1 where it became true, 0 elsewhere.
        private readonly SlidingWindow _starts = new(condition.Over);
        private int _lasts;
        private bool _wasNot;

        public IEnumerable<RuleSignal> Signals => predicate.Signals;

        public Judgement See(ClosedPeriod period, int missed, bool isRaised)
        {
            for (var i = 0; i < Math.Min(missed, _starts.Length); i++) _starts.Add(null);
            if (missed > 0) (_lasts, _wasNot) = (0, false);
            var judged = predicate.See(period, missed);
            var isTrue = judged.Outcome == Outcome.Fire;
            _starts.Add(judged.Outcome == Outcome.NotEvaluable ? null : isTrue && _wasNot ? 1m : 0m);
            _lasts = isTrue ? _lasts + 1 : 0;
            _wasNot = judged.Outcome == Outcome.Ok || judged.Outcome == Outcome.NotEvaluable && _wasNot;
            var starts = (int)_starts.Sum;
            if (_lasts >= condition.Longest) return new Judgement(Outcome.Fire, $"{judged.Why} for {_lasts} periods");
            if (starts >= condition.Starts) return new Judgement(Outcome.Fire, $"{judged.Why}: {starts} times in {condition.Over} periods");
            return judged.Outcome == Outcome.NotEvaluable ? judged : new Judgement(Outcome.Ok, $"{judged.Why}: for {_lasts} periods, {starts} times");
        }
    }
}
