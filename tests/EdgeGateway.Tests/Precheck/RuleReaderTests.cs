using EdgeGateway.Config;
using EdgeGateway.Precheck;
using EdgeGateway.Precheck.Rules;
using EdgeGateway.Tests.Config;

namespace EdgeGateway.Tests.Precheck;

/// <summary>Rule packs are read strictly, and whole or not at all.</summary>
public sealed class RuleReaderTests
{
    [Fact]
    public void The_sample_pack_runs_on_the_sample_site()
    {
        var plant = PlantLoader.Load(SiteOnDisk.Sample).Plant!;
        var (rules, faults) = RuleReader.Load(SiteOnDisk.Sample);
        Assert.Empty(faults);
        var engine = new RuleEngine(new AggregateBook(plant), plant.Model!, rules);
        Assert.All(rules, rule => Assert.Contains(engine.Places, place => place.Rule == rule && place.Missing.Length == 0));
        Assert.Contains(engine.Places, place => place is { Place: "bag-1", Missing: "role treat.slurryPumpCurrent", Rule.Name: "T07" });
    }

    [Fact]
    public void A_site_without_rules_has_none() => Assert.Empty(Load(null).Rules);

    [Fact]
    public void Every_mistake_is_told_with_its_line_and_nothing_is_used()
    {
        var (rules, faults) = Load("""
            pack: p
            rules:
              - { rule: A, kind: RANG, name-zh: x, name-en: x, severity: 1, scope: outlet, of: outlet.so2 }
              - { rule: B, kind: RANGE, name-zh: x, name-en: x, severity: 1, scope: outlet, of: outlet.so2, op: ">", bound: 35 kW }
              - { rule: C, kind: RANGE, name-zh: x, name-en: x, severity: 1, scope: outlet, of: outlet.so2, op: ">", bound: limit }
              - { rule: D, kind: RANGE, name-zh: x, name-en: x, severity: 1, scope: outlet, of: outlet.so2, op: ">", bound: 35 mg/m3, over: 25h }
              - { rule: E, kind: RANGE, name-zh: x, name-en: x, severity: 1, scope: outlet, of: outlet.o2, take: ref, op: ">", bound: 5 % }
              - { rule: F, kind: RANGE, name-zh: x, name-en: x, severity: 1, scope: outlet, of: each, op: ">", bound: 5 mg/m3 }
              - { rule: G, kind: STUCK, name-zh: x, name-en: x, severity: 5, scope: outlets, of: outlet.so2, epsilon: 5 mg/m3, hold-on: 90s, suppress: [F2], colour: red }
              - { rule: G, kind: BUDGET, name-zh: x, name-en: x, severity: 1, scope: outlet, of: outlet.so2, warn: 80, take: ref }
              - { rule: H, kind: RATIO, name-zh: x, name-en: x, severity: 1, scope: outlet, of: outlet.so2, to: prod.power, low: 2, high: 1 }
              - { rule: I, kind: DISAGREE, name-zh: x, name-en: x, severity: 1, scope: outlet, of: outlet.so2, with: prod.power, relative: 5 }
              - { rule: J, kind: CONFLICT, name-zh: x, name-en: x, severity: 1, scope: outlet, all: [{ of: outlet.so3, op: "=", bound: 5 mg/m3 }] }
              - { rule: K, kind: COMPLETE, name-zh: x, severity: 1, scope: outlet, of: outlet.so2, invalid: 5 }
            """);
        Assert.Empty(rules);
        Assert.Equal(
            [
                "3: found kind \"RANG\"", "4: found bound \"35 kW\"", "5: found bound \"limit\"", "6: found over \"25h\"", "7: found take \"ref\"", "8: found of \"each\"",
                "9: found unknown key \"colour\"", "9: found hold-on \"90s\"", "9: found severity \"5\"", "9: found scope \"outlets\"", "9: found suppress \"F2\"",
                "10: found rule G a second time", "10: found warn \"80\"", "11: found low \"2\"", "12: found with \"prod.power\"", "13: found all \"one predicate\"", "14: found no name-en",
            ],
            faults.Select(fault => fault.ToString()).Select(text => text["rules/r.yaml:".Length..text.IndexOf(", expected", StringComparison.Ordinal)]));
    }

    [Fact]
    public void A_pack_of_the_other_ending_is_not_passed_over()
    {
        using var site = new SiteOnDisk();
        site.Write("rules/r.yml", "pack: r\n");
        Assert.Equal("rules/r.yml", Assert.Single(RuleReader.Load(site.Path).Faults).File);
    }

    private static (IReadOnlyCollection<Rule> Rules, IReadOnlyList<ConfigFault> Faults) Load(string? pack)
    {
        using var site = new SiteOnDisk();
        if (pack is not null) site.Write("rules/r.yaml", pack);
        var (rules, faults) = RuleReader.Load(site.Path);
        return (rules, faults);
    }
}
