using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace EdgeGateway.Precheck.Rules.Kinds;

/// <summary>COMPLETE: more minutes of the current hour than <c>invalid</c> are not valid, so that the hour is lost or will be.</summary>
internal sealed class CompleteKind : IRuleKind
{
    private const int MinutesOfHour = 60;

    public string Name => "COMPLETE";

    public ImmutableArray<string> Keys { get; } = ["of", "invalid"];

    public IRuleCondition? Read(RuleSection section)
    {
        var role = section.RoleOf("of");
        Config.Section.Required(section.Row, "invalid", "how many minutes of an hour may be invalid");
        var invalid = section.Row.Whole("invalid", 10, 0, MinutesOfHour - 1);
        return role is null || section.Row.HasFaults ? null : new Condition(role, invalid);
    }

    private sealed record Condition(string Role, int Invalid) : IRuleCondition
    {
        public bool TryBind(RuleScope scope, [NotNullWhen(true)] out IRuleTest? test, out string missing)
        {
            var signals = scope.Find(Role);
            missing = signals.IsEmpty ? $"role {scope.RoleOf(Role)}" : signals.Length > 1 ? $"one signal as {scope.RoleOf(Role)} instead of {signals.Length}" : "";
            test = missing.Length > 0 ? null : new Test(signals[0], Invalid);
            return test is not null;
        }
    }

    private sealed class Test(RuleSignal signal, int most) : IRuleTest
    {
        private long _hour = long.MinValue;
        private long _since;
        private int _valid;

        public IEnumerable<RuleSignal> Signals => [signal];

        public Judgement See(ClosedPeriod period, int missed, bool isRaised)
        {
            var hour = ChinaTime.StartOf(period.Start, ChinaTime.Hour);
            if (hour != _hour)
            {
                // What was before the first minute that was seen is not known: it is not held against the hour.
                _since = _hour == long.MinValue ? period.Start : hour;
                (_hour, _valid) = (hour, 0);
            }
            if (signal.RowOf(period).IsNormal) _valid++;
            var invalid = (int)((period.Start - _since) / ChinaTime.Minute) + 1 - _valid;
            return Judgement.Of(invalid > most, $"{signal.Name}: {invalid} minutes of the hour are not valid, {most} may be");
        }
    }
}
