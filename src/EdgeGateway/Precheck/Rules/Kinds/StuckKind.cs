using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace EdgeGateway.Precheck.Rules.Kinds;

/// <summary>STUCK: the largest and the smallest reading of a window differ by no more than <c>epsilon</c>. Looks at the extremes of every minute, so one jump is enough to be alive.</summary>
internal sealed class StuckKind : IRuleKind
{
    private static readonly TimeSpan Usual = TimeSpan.FromHours(1);

    public string Name => "STUCK";

    public ImmutableArray<string> Keys { get; } = ["of", "over", "epsilon"];

    public IRuleCondition? Read(RuleSection section)
    {
        var role = section.RoleOf("of");
        var periods = section.Periods("over", Usual);
        var epsilon = section.Required("epsilon", role, Take.Mean);
        return role is null || epsilon is null ? null : new Condition(role, periods, epsilon);
    }

    private sealed record Condition(string Role, int Periods, Threshold Epsilon) : IRuleCondition
    {
        public bool TryBind(RuleScope scope, [NotNullWhen(true)] out IRuleTest? test, out string missing)
        {
            test = null;
            var signals = scope.Find(Role);
            missing = signals.IsEmpty ? $"role {scope.RoleOf(Role)}" : signals.Select(signal => Epsilon.NeededBy(signal, Take.Mean)).FirstOrDefault(needed => needed is not null) ?? "";
            if (missing.Length > 0) return false;
            test = new Test([.. signals.Select(signal => (new RuleSeries(signal, Take.Min, Periods), new RuleSeries(signal, Take.Max, Periods)))], Epsilon);
            return true;
        }
    }

    private sealed class Test(ImmutableArray<(RuleSeries Low, RuleSeries High)> series, Threshold epsilon) : IRuleTest
    {
        public IEnumerable<RuleSignal> Signals => series.Select(one => one.Low.Signal);

        public Judgement See(ClosedPeriod period, int missed, bool isRaised)
        {
            Judgement? last = null;
            foreach (var (low, high) in series)
            {
                low.See(period, missed);
                high.See(period, missed);
                var judged = Judge(low, high, period.Start);
                if (last is null || judged.Outcome == Outcome.Fire || last.Value.Outcome == Outcome.Ok) last = last?.Outcome == Outcome.Fire ? last : judged;
            }
            return last ?? Judgement.Not("no signal");
        }

        private Judgement Judge(RuleSeries low, RuleSeries high, long start)
        {
            // A signal that has moved is alive, however much else is missing.
            if (low.Window.Min is { } least && high.Window.Max is { } most && epsilon.For(low.Signal, Take.Mean, start) is { } bound && most - least > bound)
                return new Judgement(Outcome.Ok, $"{low.Signal.Name} moved by {Judgement.Figure(most - least)} {low.Signal.Binding.Role.Unit}".TrimEnd());
            if (!low.HasEnough || low.Absent.Length > 0) return Judgement.Not(low.Missing);
            return new Judgement(Outcome.Fire, $"{low.Signal.Name} moved by {Judgement.Figure(high.Window.Max!.Value - low.Window.Min!.Value)} {low.Signal.Binding.Role.Unit} in {low.Window.Length} periods".TrimEnd()); // not null: it has enough
        }
    }
}
