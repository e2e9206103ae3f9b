using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace EdgeGateway.Precheck.Rules.Kinds;

/// <summary>RATIO: the mean of one role through the mean of another is outside of <c>low</c> to <c>high</c>. Signals of one role are added.</summary>
internal sealed class RatioKind : IRuleKind
{
    private static readonly TimeSpan Usual = TimeSpan.FromMinutes(30);

    public string Name => "RATIO";

    public ImmutableArray<string> Keys { get; } = ["of", "to", "low", "high", "over"];

    public IRuleCondition? Read(RuleSection section)
    {
        var (of, to) = (section.RoleOf("of"), section.RoleOf("to"));
        var (low, high) = (section.Number("low", 0m), section.Number("high", decimal.MaxValue));
        var periods = section.Periods("over", Usual);
        if (low >= high)
        {
            section.Row.Refuse("low", section.Row.Text("low") ?? "", $"less than high, which is {section.Row.Text("high")}", "correct low or high");
            return null;
        }
        if (section.Row.Text("low") is null && section.Row.Text("high") is null) section.Row.Refuse("low", "nothing", "low, high or both", "add one of them");
        return of is null || to is null || low is null || high is null || section.Row.HasFaults ? null : new Condition(of, to, low.Value, high.Value, periods);
    }

    private sealed record Condition(string Of, string To, decimal Low, decimal High, int Periods) : IRuleCondition
    {
        public bool TryBind(RuleScope scope, [NotNullWhen(true)] out IRuleTest? test, out string missing)
        {
            var (of, to) = (scope.Find(Of), scope.Find(To));
            missing = of.IsEmpty ? $"role {scope.RoleOf(Of)}" : to.IsEmpty ? $"role {scope.RoleOf(To)}" : "";
            test = missing.Length > 0 ? null : new Test([.. of.Select(Series)], [.. to.Select(Series)], this);
            return test is not null;
        }

        private RuleSeries Series(RuleSignal signal) => new(signal, Take.Mean, Periods);
    }

    private sealed class Test(ImmutableArray<RuleSeries> above, ImmutableArray<RuleSeries> below, Condition condition) : IRuleTest
    {
        public IEnumerable<RuleSignal> Signals => above.Concat(below).Select(one => one.Signal);

        public Judgement See(ClosedPeriod period, int missed, bool isRaised)
        {
            foreach (var one in above.Concat(below)) one.See(period, missed);
            if (above.Concat(below).FirstOrDefault(one => one.Absent.Length > 0 || !one.HasEnough) is { } absent) return Judgement.Not(absent.Missing);
            var (y, x) = (above.Sum(one => one.Figure(WindowFigure.Mean)!.Value), below.Sum(one => one.Figure(WindowFigure.Mean)!.Value)); // not null: they have enough
            if (x <= 0m) return Judgement.Not($"{below[0].Signal.Name} is {Judgement.Figure(x)}: nothing to divide by");
            return Judgement.Of(y / x < condition.Low || y / x > condition.High, $"{above[0].Signal.Name} {Judgement.Figure(y)} through {below[0].Signal.Name} {Judgement.Figure(x)} is {Judgement.Figure(y / x)}");
        }
    }
}
