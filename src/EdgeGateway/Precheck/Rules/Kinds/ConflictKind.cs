using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace EdgeGateway.Precheck.Rules.Kinds;

/// <summary>CONFLICT: several things are true together that cannot be.</summary>
internal sealed class ConflictKind : IRuleKind
{
    public string Name => "CONFLICT";

    public ImmutableArray<string> Keys { get; } = ["all"];

    public IRuleCondition? Read(RuleSection section)
    {
        var parts = section.Parts("all", "predicate");
        if (parts.Count < 2)
        {
            section.Section.RefuseMissing("all", "at least two predicates", "add all: with two predicates");
            if (parts.Count == 1) section.Row.Refuse("all", "one predicate", "at least two that cannot be true together", "add another, or take kind: RANGE");
            return null;
        }
        var predicates = parts.Select(section.PredicateOf).ToImmutableArray();
        return predicates.Contains(null) ? null : new Condition([.. predicates.OfType<Predicate>()]);
    }

    private sealed record Condition(ImmutableArray<Predicate> Predicates) : IRuleCondition
    {
        public bool TryBind(RuleScope scope, [NotNullWhen(true)] out IRuleTest? test, out string missing)
        {
            test = null;
            missing = "";
            var bound = new List<PredicateTest>();
            foreach (var predicate in Predicates)
            {
                if (!predicate.TryBind(scope, out var one, out missing)) return false;
                bound.Add(one);
            }
            test = new Test([.. bound]);
            return true;
        }
    }

    private sealed class Test(ImmutableArray<PredicateTest> predicates) : IRuleTest
    {
        public IEnumerable<RuleSignal> Signals => predicates.SelectMany(predicate => predicate.Signals);

        public Judgement See(ClosedPeriod period, int missed, bool isRaised)
        {
            var judged = predicates.Select(predicate => predicate.See(period, missed)).ToList();
            // One that is certainly not true is enough to say that there is no conflict.
            if (judged.Any(one => one.Outcome == Outcome.Ok)) return judged.First(one => one.Outcome == Outcome.Ok);
            return judged.FirstOrDefault(one => one.Outcome == Outcome.NotEvaluable) is { Outcome: Outcome.NotEvaluable } not
                ? not
                : new Judgement(Outcome.Fire, string.Join(", ", judged.Select(one => one.Why)));
        }
    }
}
