using System.Globalization;
using System.Text.RegularExpressions;
using EdgeGateway.Config.Model;
using EdgeGateway.Drivers;

namespace EdgeGateway.Precheck.Rules;

/// <summary>What a figure is compared with: <c>35 mg/m3</c>, <c>limit</c>, <c>95 % of limit</c>, <c>15 % of rated</c>.</summary>
internal sealed partial record Threshold
{
    private const string Forms = "a number with its unit, limit, 95 % of limit, or 15 % of rated";
    private const decimal Percent = 100m;

    private Threshold(ThresholdSource source, decimal number) => (Source, Number) = (source, number);

    public ThresholdSource Source { get; }

    /// <summary>The value itself, or the share of what it refers to.</summary>
    public decimal Number { get; }

    /// <summary>The threshold behind a key, checked against the roles it is for; null, and a fault, if it is none.</summary>
    public static Threshold? Read(SettingRow row, string key, IReadOnlyCollection<Role> roles, Take take)
    {
        if (row.Text(key) is not { } text) return null;
        if (ShareOf().Match(text) is { Success: true } share)
        {
            var number = share.Groups["n"].Success ? decimal.Parse(share.Groups["n"].Value, CultureInfo.InvariantCulture) / Percent : 1m;
            var source = share.Groups["of"].Value == "limit" ? ThresholdSource.Limit : ThresholdSource.Rated;
            if (source == ThresholdSource.Limit && (take is not (Take.Reference or Take.Dry) || roles.Any(role => !role.IsPollutant)))
            {
                row.Refuse(key, text, "a limit only for a pollutant with take: ref or take: dry, as limits are about these", "add take, or write a number");
                return null;
            }
            return new Threshold(source, number);
        }
        var quantity = Quantity.Parse(text);
        if (quantity is null)
        {
            row.Refuse(key, text, Forms, $"correct {key}");
            return null;
        }
        var fractions = roles.Select(role => (Role: role, Fraction: UnitTable.Find(role.Family, quantity.Value.Unit, role.MolarMass))).ToList();
        if (fractions.FirstOrDefault(entry => entry.Fraction is null).Role is { } wrong)
        {
            row.Refuse(key, text, $"a unit of {wrong.Family} for {wrong.Name}: {UnitTable.Known(wrong.Family, wrong.MolarMass)}", $"correct the unit of {key}, or the role");
            return null;
        }
        return new Threshold(ThresholdSource.Fixed, fractions.Count == 0 ? quantity.Value.Number : fractions[0].Fraction!.Value.Convert(quantity.Value.Number)); // not null: checked
    }

    /// <summary>The value for a signal in a period that starts then; null if there is none.</summary>
    public decimal? For(RuleSignal signal, Take take, long start) => Source switch
    {
        ThresholdSource.Fixed => Number,
        ThresholdSource.Rated => signal.Unit.Rated.TryGetValue(signal.Binding.Role.Name, out var rated) ? rated * Number : null,
        _ => LimitFor(signal, take, start)?.Value * Number,
    };

    /// <summary>The limit on hourly means that holds for a period that starts then.</summary>
    public static PermittedLimit? LimitFor(RuleSignal signal, Take take, long start) =>
        signal.Outlet?.Limits.Find(signal.Binding.Role.Name, take == Take.Dry ? LimitBasis.Dry : LimitBasis.Reference, LimitPeriod.Hour, ChinaTime.Local(ChinaTime.StartOf(start, ChinaTime.Hour)));

    /// <summary>What of the plant's description it needs for a signal and does not find; null if nothing.</summary>
    public string? NeededBy(RuleSignal signal, Take take) => Source switch
    {
        ThresholdSource.Rated when !signal.Unit.Rated.ContainsKey(signal.Binding.Role.Name) => $"rated {signal.Binding.Role.Name} of {signal.Unit.Name}",
        ThresholdSource.Limit when signal.Outlet is not { } outlet || !outlet.Limits.All.Any(limit => limit.Role == signal.Binding.Role.Name && limit.Over == LimitPeriod.Hour
            && limit.Basis == (take == Take.Dry ? LimitBasis.Dry : LimitBasis.Reference)) => $"a limit over 1h of {signal.Binding.Role.Name} at {signal.Unit.Name}",
        _ => null,
    };

    [GeneratedRegex(@"^(?:(?<n>[0-9]+(?:\.[0-9]+)?) % of )?(?<of>limit|rated)\z", RegexOptions.CultureInvariant)]
    private static partial Regex ShareOf();
}
