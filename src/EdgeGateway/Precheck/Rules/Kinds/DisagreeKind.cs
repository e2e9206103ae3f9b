using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace EdgeGateway.Precheck.Rules.Kinds;

/// <summary>
/// DISAGREE: two signals that should tell the same differ by more than <c>tolerance</c> and by more than <c>relative</c> per cent, in at least <c>share</c> per cent of a window. With
/// <c>by-rated</c> both are taken as shares of their rated values, in per cent.
/// </summary>
internal sealed class DisagreeKind : IRuleKind
{
    private const decimal Percent = 100m;
    private const decimal UsualShare = 50m;
    private static readonly TimeSpan Usual = TimeSpan.FromMinutes(15);
    private static readonly Dictionary<string, bool> YesOrNo = new() { ["yes"] = true, ["no"] = false };

    public string Name => "DISAGREE";

    public ImmutableArray<string> Keys { get; } = ["of", "with", "tolerance", "relative", "share", "over", "by-rated"];

    public IRuleCondition? Read(RuleSection section)
    {
        var (of, with) = (section.RoleOf("of"), section.RoleOf("with"));
        var periods = section.Periods("over", Usual);
        var (relative, share) = (section.Number("relative", 0m), section.Number("share", UsualShare));
        var byRated = section.Row.OneOf("by-rated", false, YesOrNo);
        // By rated values both are per cent, whatever they measure.
        var tolerance = byRated ? section.Number("tolerance", 0m) : section.Row.Text("tolerance") is null ? 0m : section.Required("tolerance", of, Take.Mean) is { Source: ThresholdSource.Fixed } known ? known.Number : null;
        if (of is not null && with is not null && !byRated && section.RolesOf(of).Concat(section.RolesOf(with)).Select(role => role.Family).Distinct().Count() > 1)
            section.Row.Refuse("with", with, $"a role of the same family of units as {of}, or by-rated: yes", "correct with, or add by-rated: yes");
        if (section.Row.Text("tolerance") is null && section.Row.Text("relative") is null) section.Row.Refuse("tolerance", "nothing", "tolerance, relative or both", "add one of them");
        if (of is null || with is null || tolerance is null || relative is null || share is null || section.Row.HasFaults) return null;
        return new Condition(of, with, tolerance.Value, relative.Value / Percent, share.Value / Percent, periods, byRated);
    }

    private sealed record Condition(string Of, string With, decimal Tolerance, decimal Relative, decimal Share, int Periods, bool ByRated) : IRuleCondition
    {
        public bool TryBind(RuleScope scope, [NotNullWhen(true)] out IRuleTest? test, out string missing)
        {
            test = null;
            missing = "";
            foreach (var role in (ReadOnlySpan<string>)[Of, With])
            {
                var signals = scope.Find(role);
                if (signals.Length != 1) missing = signals.IsEmpty ? $"role {scope.RoleOf(role)}" : $"one signal as {scope.RoleOf(role)} instead of {signals.Length}";
                else if (ByRated && signals[0].Binding.Role.Family != "percent" && !signals[0].Unit.Rated.ContainsKey(signals[0].Binding.Role.Name)) missing = $"rated {signals[0].Binding.Role.Name} of {signals[0].Unit.Name}";
                if (missing.Length > 0) return false;
            }
            test = new Test(new RuleSeries(scope.Find(Of)[0], Take.Mean, 1), new RuleSeries(scope.Find(With)[0], Take.Mean, 1), this);
            return true;
        }
    }

    private sealed class Test(RuleSeries one, RuleSeries other, Condition condition) : IRuleTest
    {
        // 1 where they differ, 0 where they do not.
        private readonly SlidingWindow _differs = new(condition.Periods);

        public IEnumerable<RuleSignal> Signals => [one.Signal, other.Signal];

        public Judgement See(ClosedPeriod period, int missed, bool isRaised)
        {
            for (var i = 0; i < Math.Min(missed, _differs.Length); i++) _differs.Add(null);
            one.See(period, missed);
            other.See(period, missed);
            var (a, b) = (ValueOf(one), ValueOf(other));
            _differs.Add(a is null || b is null ? null : Math.Abs(a.Value - b.Value) > Math.Max(condition.Tolerance, condition.Relative * Math.Abs(b.Value)) ? 1m : 0m);
            if (a is null || b is null) return Judgement.Not(a is null ? one.Missing : other.Missing);
            if (_differs.Count * 4 < _differs.Length * 3) return Judgement.Not($"{_differs.Count} of {_differs.Length} periods to compare");
            return Judgement.Of(_differs.Mean >= condition.Share, $"{one.Signal.Name} {Judgement.Figure(a.Value)} and {other.Signal.Name} {Judgement.Figure(b.Value)}, different in {Judgement.Figure(_differs.Mean!.Value * Percent)} % of {_differs.Length} periods"); // not null: counted
        }

        private decimal? ValueOf(RuleSeries series)
        {
            if (series.Window[0] is not { } value || !condition.ByRated || series.Signal.Binding.Role.Family == "percent") return series.Window[0];
            return value / series.Signal.Unit.Rated[series.Signal.Binding.Role.Name] * Percent;
        }
    }
}
