using System.Collections.Immutable;
using EdgeGateway.Config;
using EdgeGateway.Config.Model;
using EdgeGateway.Precheck;
using EdgeGateway.Precheck.Rules;
using EdgeGateway.Tests.Config;

namespace EdgeGateway.Tests.Precheck;

/// <summary>A sinter outlet with a meter, a fan and three pumps, one rule, and minutes that a test gives signal by signal.</summary>
internal sealed class RuleBench
{
    private readonly AggregateBook _book;
    private readonly RuleEngine _engine;
    private readonly Dictionary<string, RoleBinding> _bindings;

    /// <param name="rule">Kind and keys of the rule; name, names and severity are added.</param>
    public RuleBench(string rule, string limits = "- { limit: l, of: outlet.so2, basis: reference, over: 1h, value: 50 mg/m3, from: 2026-01-01, law: x }")
    {
        using var site = new SiteOnDisk();
        site.Write("maps/m.csv", """
            signal,group,area,address,type,unit,factor
            so2,fast,holding,0,float32,mg/m3,a21026
            nox,fast,holding,2,float32,mg/m3,a21002
            o2,fast,holding,4,float32,%,a19001
            power,fast,holding,6,float32,kW,
            load,fast,holding,8,float32,%,
            fan,fast,holding,10,float32,kW,
            a,fast,holding,12,float32,A,
            b,fast,holding,14,float32,A,
            c,fast,holding,16,float32,A,

            """);
        site.Write("plant.yaml", $$"""
            industry: steel
            stacks: [{ stack: s }]
            production:
              - { unit: p, process: sintering, roles: { prod.power: d.power, prod.load: d.load }, rated: { prod.power: 100 kW } }
            treatment:
              - { unit: t, process: wet-fgd, serves: p, roles: { treat.power: d.fan, treat.slurryPumpCurrent: [d.a, d.b, d.c] }, rated: { treat.power: 100 kW } }
            outlets:
              - outlet: A
                stack: s
                production: p
                treatment: t
                reference-o2: 16 %
                gas-state: dry-standard
                roles: { outlet.so2: d.so2, outlet.nox: d.nox, outlet.o2: d.o2 }
                limits:
                  {{limits}}

            """);
        site.Write("rules/r.yaml", $"pack: r\nrules:\n  - rule: R1\n    name-zh: 规则\n    name-en: rule\n    severity: 2\n    {rule.ReplaceLineEndings("\n").Replace("\n", "\n    ", StringComparison.Ordinal)}\n");
        var plant = site.Plant();
        var (rules, faults) = RuleReader.Load(site.Path);
        Assert.True(faults.Count == 0, string.Join('\n', faults));
        _book = new AggregateBook(plant);
        _engine = new RuleEngine(_book, plant.Model!, rules);
        _bindings = _book.Units.SelectMany(unit => unit.Tracks).ToDictionary(track => track.Binding.Signal.Text[2..], track => track.Binding);
        Now = OutletSite.At("10:00:00");
    }

    /// <summary>Start of the next minute.</summary>
    public long Now { get; set; }

    public IReadOnlyList<RulePlace> Places => _engine.Places;

    /// <summary>The only place where the rule runs.</summary>
    public RuleInstance Instance => Assert.Single(_engine.Instances);

    /// <summary>Every raise and clear so far.</summary>
    public List<RuleChange> Changes { get; } = [];

    /// <summary>Minutes of these values; of what is not named there is nothing. A name with <c>!C</c> behind it is in calibration.</summary>
    public RuleBench Minutes(int count, params (string Signal, decimal Value)[] values)
    {
        for (var i = 0; i < count; i++) Minute(values);
        return this;
    }

    public RuleBench Minute(params (string Signal, decimal Value)[] values) => See(AggregatePeriod.Minute, values);

    /// <summary>An hour of these values.</summary>
    public RuleBench Hour(params (string Signal, decimal Value)[] values) => See(AggregatePeriod.Hour, values);

    /// <summary>What the newest period came to.</summary>
    public (int Ok, int Fired, int Not) Counts => (Instance.Counts[Outcome.Ok], Instance.Counts[Outcome.Fire], Instance.Counts[Outcome.NotEvaluable]);

    private RuleBench See(AggregatePeriod period, (string Signal, decimal Value)[] values)
    {
        var units = _book.Units.Select(unit => (unit, unit.Tracks.Select(track => Row(track.Binding, period, values)).ToArray())).ToList();
        Changes.AddRange(_engine.See(new ClosedPeriod(period, Now, 0, units)));
        Now += period.Length;
        return this;
    }

    private AggregateRow Row(RoleBinding binding, AggregatePeriod period, (string Signal, decimal Value)[] values)
    {
        var name = binding.Signal.Text[2..];
        Assert.All(values, value => Assert.Contains(value.Signal.Split('!')[0], _bindings.Keys));
        var given = values.Where(value => value.Signal == name).Select(value => (decimal?)value.Value).FirstOrDefault();
        var isCalibrating = values.Any(value => value.Signal == name + "!C");
        var flags = new int[DataFlags.Count];
        flags[(int)(isCalibrating ? DataFlag.Calibration : DataFlag.Normal)] = 60;
        return new AggregateRow
        {
            Binding = binding,
            Flag = isCalibrating ? DataFlag.Calibration : given is null ? DataFlag.Communication : DataFlag.Normal,
            Due = 60,
            Seen = given is null ? 0 : 60,
            Valid = given is null ? 0 : 60,
            Flags = [.. flags],
            Mean = given,
            Min = given,
            Max = given,
            Dry = given,
            Reference = binding.Role.IsPollutant ? given : null,
            ReferenceValid = given is null ? 0 : period == AggregatePeriod.Minute ? 60 : period.Due,
        };
    }
}
