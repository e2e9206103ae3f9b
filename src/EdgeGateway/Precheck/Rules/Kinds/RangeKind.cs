using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace EdgeGateway.Precheck.Rules.Kinds;

/// <summary>RANGE: a figure is on the wrong side of a threshold; of several signals, as many as <c>at-least</c> says.</summary>
internal sealed class RangeKind : IRuleKind
{
    private const decimal UsualHysteresis = 5m;
    private const decimal Percent = 100m;

    public string Name => "RANGE";

    public ImmutableArray<string> Keys { get; } = [.. RuleKeys.Predicate, "hysteresis", "at-least"];

    public IRuleCondition? Read(RuleSection section)
    {
        var hysteresis = section.Number("hysteresis", UsualHysteresis);
        var atLeast = section.Row.Text("at-least") is null ? (int?)null : section.Row.Whole("at-least", 1, 1, 64);
        return Predicate.Read(section) is { } predicate ? new Condition(predicate, (hysteresis ?? UsualHysteresis) / Percent, atLeast) : null;
    }

    private sealed record Condition(Predicate Predicate, decimal Hysteresis, int? AtLeast) : IRuleCondition
    {
        public bool TryBind(RuleScope scope, [NotNullWhen(true)] out IRuleTest? test, out string missing)
        {
            test = Predicate.TryBind(scope, out var bound, out missing) ? new Test(bound, Hysteresis, AtLeast) : null;
            return test is not null;
        }
    }

    private sealed class Test(PredicateTest predicate, decimal hysteresis, int? atLeast) : IRuleTest
    {
        public IEnumerable<RuleSignal> Signals => predicate.Signals;

        public Judgement See(ClosedPeriod period, int missed, bool isRaised) => predicate.See(period, missed, isRaised ? hysteresis : 0m, atLeast);
    }
}
