using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace EdgeGateway.Precheck.Rules.Kinds;

/// <summary>
/// BUDGET: the hour's limit as a budget that is being used up. Fires at severity 2 when the forecast of the hour reaches <c>warn</c> of the limit for three minutes, at severity 3 when it reaches
/// <c>alarm</c> for two while the rest of the hour would have to fall clearly below what it is now; is all right again below <c>clear</c>.
/// </summary>
internal sealed class BudgetKind : IRuleKind
{
    private const decimal Percent = 100m;
    private const int LeastMinutes = 10;
    private const int NeededMinutes = 45;
    private const int WarnHold = 3;
    private const int AlarmHold = 2;
    private const decimal ClearlyBelow = 0.9m;

    public string Name => "BUDGET";

    public ImmutableArray<string> Keys { get; } = ["of", "take", "warn", "alarm", "clear"];

    public IRuleCondition? Read(RuleSection section)
    {
        var role = section.RoleOf("of");
        var take = section.TakeOf(role);
        if (role is not null && !section.Row.HasFaults && take is not (Take.Reference or Take.Dry))
            section.Row.Refuse("take", section.Row.Text("take") ?? "nothing", "ref or dry, as the limit is about one of them", "add take: ref");
        var (warn, alarm, clear) = (section.Number("warn", 95m), section.Number("alarm", 100m), section.Number("clear", 90m));
        if (clear >= warn || warn > alarm) section.Row.Refuse("warn", section.Row.Text("warn") ?? "95", $"per cent of the limit, above clear ({clear}) and at most alarm ({alarm})", "correct warn, alarm or clear");
        return role is null || section.Row.HasFaults ? null : new Condition(role, take, warn!.Value / Percent, alarm!.Value / Percent, clear!.Value / Percent); // not null: they have a default
    }

    private sealed record Condition(string Role, Take Take, decimal Warn, decimal Alarm, decimal Clear) : IRuleCondition
    {
        public bool TryBind(RuleScope scope, [NotNullWhen(true)] out IRuleTest? test, out string missing)
        {
            test = null;
            var signals = scope.Find(Role);
            missing = signals.Length != 1 ? signals.IsEmpty ? $"role {scope.RoleOf(Role)}" : $"one signal as {scope.RoleOf(Role)} instead of {signals.Length}"
                : Take == Take.Reference && scope.Outlet is { ReferenceO2: null } ? $"reference-o2 at {scope.Unit.Name}"
                : !HasLimit(signals[0]) ? $"a limit over 1h of {scope.RoleOf(Role)} at {scope.Unit.Name}" : "";
            if (missing.Length == 0) test = new Test(new RuleSeries(signals[0], Take, 1), this);
            return test is not null;
        }

        private bool HasLimit(RuleSignal signal) => signal.Outlet is { } outlet && outlet.Limits.All.Any(limit =>
            limit.Role == signal.Binding.Role.Name && limit.Over == Config.Model.LimitPeriod.Hour && limit.Basis == (Take == Take.Dry ? Config.Model.LimitBasis.Dry : Config.Model.LimitBasis.Reference));
    }

    private sealed class Test(RuleSeries series, Condition condition) : IRuleTest
    {
        private readonly HourForecast _forecast = new();
        private long _hour = long.MinValue;
        private int _warned;
        private int _alarmed;

        public IEnumerable<RuleSignal> Signals => [series.Signal];

        public Judgement See(ClosedPeriod period, int missed, bool isRaised)
        {
            series.See(period, missed);
            _forecast.Miss(missed);
            var hour = ChinaTime.StartOf(period.Start, ChinaTime.Hour);
            if (hour != _hour)
            {
                _hour = hour;
                _forecast.StartHour();
                (_warned, _alarmed) = (0, 0);
            }
            _forecast.Add(series.Window[0], HourForecast.MinutesOfHour - 1 - (int)((period.Start - hour) / ChinaTime.Minute));
            if (Threshold.LimitFor(series.Signal, condition.Take, period.Start) is not { } limit) return NotYet($"no limit in force for {series.Signal.Name}");
            if (_forecast.Valid + _forecast.Left < NeededMinutes) return NotYet($"{series.Signal.Name}: fewer than {NeededMinutes} minutes of the hour can still be valid");
            if (_forecast.Valid < LeastMinutes || _forecast.Expected is not { } expected) return NotYet($"{series.Signal.Name}: {_forecast.Valid} of {LeastMinutes} valid minutes to judge by");
            return Judge(expected, limit.Value, isRaised);
        }

        private Judgement Judge(decimal expected, decimal limit, bool isRaised)
        {
            var allowance = _forecast.Allowance(limit);
            _warned = expected >= condition.Warn * limit ? _warned + 1 : 0;
            _alarmed = expected >= condition.Alarm * limit && (allowance is null || allowance < ClearlyBelow * _forecast.Level) ? _alarmed + 1 : 0;
            var why = $"{series.Signal.Name}: the hour will come to {Judgement.Figure(expected)} of {Judgement.Figure(limit)} mg/m3"
                + (allowance is { } rest ? $"; the {_forecast.Left} minutes left may have {Judgement.Figure(Math.Max(0m, rest))}, now {Judgement.Figure(_forecast.Level)}" : "");
            if (_alarmed >= AlarmHold) return new Judgement(Outcome.Fire, allowance is { } needed && needed < (_forecast.LowOfDay() ?? 0m) ? $"{why}: lower than nearly all of the last day" : why, 3);
            if (_warned >= WarnHold) return new Judgement(Outcome.Fire, why, 2);
            // Once raised it stays so down to where it is clearly all right.
            return isRaised && expected >= condition.Clear * limit ? new Judgement(Outcome.Fire, why, 2) : new Judgement(Outcome.Ok, why);
        }

        private Judgement NotYet(string why)
        {
            (_warned, _alarmed) = (0, 0);
            return Judgement.Not(why);
        }
    }
}
