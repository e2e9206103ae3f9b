using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace EdgeGateway.Precheck.Rules.Kinds;

/// <summary>RATE: a value jumps by more than <c>jump</c> and by more than <c>mad</c> times its usual step (the median of the steps of the last hour).</summary>
internal sealed class RateKind : IRuleKind
{
    private const decimal UsualMad = 6m;
    private const int Steps = 60;

    public string Name => "RATE";

    public ImmutableArray<string> Keys { get; } = ["of", "take", "lag", "jump", "mad"];

    public IRuleCondition? Read(RuleSection section)
    {
        var role = section.RoleOf("of");
        var take = section.TakeOf(role);
        var lag = section.Periods("lag", TimeSpan.Zero);
        var mad = section.Number("mad", UsualMad);
        var jump = section.Required("jump", role, take);
        return role is null || jump is null || mad is null ? null : new Condition(role, take, lag, jump, mad.Value);
    }

    private sealed record Condition(string Role, Take Take, int Lag, Threshold Jump, decimal Mad) : IRuleCondition
    {
        public bool TryBind(RuleScope scope, [NotNullWhen(true)] out IRuleTest? test, out string missing)
        {
            test = null;
            var signals = scope.Find(Role);
            missing = signals.Length != 1 ? signals.IsEmpty ? $"role {scope.RoleOf(Role)}" : $"one signal as {scope.RoleOf(Role)} instead of {signals.Length}" : Jump.NeededBy(signals[0], Take) ?? "";
            if (missing.Length > 0) return false;
            test = new Test(new RuleSeries(signals[0], Take, Lag + Steps), this);
            return true;
        }
    }

    private sealed class Test(RuleSeries series, Condition condition) : IRuleTest
    {
        private readonly List<decimal> _steps = new(Steps);

        public IEnumerable<RuleSignal> Signals => [series.Signal];

        public Judgement See(ClosedPeriod period, int missed, bool isRaised)
        {
            series.See(period, missed);
            if (series.Window[0] is not { } now) return Judgement.Not(series.Missing);
            if (series.Window[condition.Lag] is not { } before) return Judgement.Not($"{series.Signal.Name}: nothing to compare with");
            if (condition.Jump.For(series.Signal, condition.Take, period.Start) is not { } jump) return Judgement.Not($"no limit in force for {series.Signal.Name}");
            _steps.Clear();
            for (var ago = 1; ago < Steps; ago++)
                if (series.Window[ago] is { } later && series.Window[ago + condition.Lag] is { } earlier) _steps.Add(Math.Abs(later - earlier));
            if (_steps.Count * 2 < Steps) return Judgement.Not($"{series.Signal.Name}: {_steps.Count} of {Steps} steps to know what is usual");
            _steps.Sort();
            var step = Math.Abs(now - before);
            var bound = Math.Max(jump, condition.Mad * _steps[_steps.Count / 2]);
            return Judgement.Of(step > bound, $"{series.Signal.Name} from {Judgement.Figure(before)} to {Judgement.Figure(now)} {series.Signal.Binding.Role.Unit}, at most {Judgement.Figure(bound)} is usual");
        }
    }
}
