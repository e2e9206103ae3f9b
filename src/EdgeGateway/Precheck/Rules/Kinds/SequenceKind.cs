using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using EdgeGateway.Config;

namespace EdgeGateway.Precheck.Rules.Kinds;

/// <summary>SEQUENCE: after <c>first</c> has become true, <c>then</c> does not become true <c>within</c> a time, while <c>first</c> lasts.</summary>
internal sealed class SequenceKind : IRuleKind
{
    private static readonly TimeSpan Usual = TimeSpan.FromMinutes(5);

    public string Name => "SEQUENCE";

    public ImmutableArray<string> Keys { get; } = ["first", "then", "within"];

    public IRuleCondition? Read(RuleSection section)
    {
        var (first, then) = (PredicateAt(section, "first"), PredicateAt(section, "then"));
        var within = section.Periods("within", Usual);
        return first is null || then is null ? null : new Condition(first, then, within);
    }

    private static Predicate? PredicateAt(RuleSection section, string key)
    {
        section.Section.RefuseMissing(key, "a predicate", $"add {key}");
        return section.Section.Child(key) is { } part ? section.PredicateOf(part) : null;
    }

    private sealed record Condition(Predicate First, Predicate Then, int Within) : IRuleCondition
    {
        public bool TryBind(RuleScope scope, [NotNullWhen(true)] out IRuleTest? test, out string missing)
        {
            test = First.TryBind(scope, out var first, out missing) && Then.TryBind(scope, out var then, out missing) ? new Test(first, then, Within) : null;
            return test is not null;
        }
    }

    private sealed class Test(PredicateTest first, PredicateTest then, int within) : IRuleTest
    {
        // Whether first was known not to be true: only then has it become so.
        private bool _wasNot;
        private int? _since;

        public IEnumerable<RuleSignal> Signals => first.Signals.Concat(then.Signals);

        public Judgement See(ClosedPeriod period, int missed, bool isRaised)
        {
            var (one, other) = (first.See(period, missed), then.See(period, missed));
            if (missed > 0) (_wasNot, _since) = (false, null);
            if (one.Outcome == Outcome.Fire && _wasNot) _since = 0;
            else if (_since is { } before) _since = before + 1;
            if (one.Outcome == Outcome.Ok || other.Outcome == Outcome.Fire) _since = null;
            _wasNot = one.Outcome == Outcome.Ok;
            if (one.Outcome == Outcome.NotEvaluable) return one;
            if (_since is not { } since) return new Judgement(Outcome.Ok, one.Why);
            if (other.Outcome == Outcome.NotEvaluable) return other;
            return Judgement.Of(since >= within, $"{one.Why} for {since} periods, and not yet {other.Why}");
        }
    }
}
