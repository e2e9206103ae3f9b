using System.Diagnostics.CodeAnalysis;
using EdgeGateway.Drivers;

namespace EdgeGateway.Precheck.Rules;

/// <summary>A comparison: a figure of a role over a window against a threshold. Immutable.</summary>
internal sealed record Predicate(string Role, Take Take, WindowFigure Figure, int Periods, Comparison Op, Threshold Bound, Combination Signals)
{
    private static readonly Dictionary<string, Comparison> Ops = new() { [">"] = Comparison.Above, [">="] = Comparison.AtLeast, ["<"] = Comparison.Below, ["<="] = Comparison.AtMost };
    private static readonly Dictionary<string, Combination> Combinations = new() { ["any"] = Combination.Any, ["all"] = Combination.All };

    /// <summary>The predicate of a mapping; null, and faults, if it cannot be read.</summary>
    public static Predicate? Read(RuleSection section)
    {
        var role = section.RoleOf("of");
        var take = section.TakeOf(role);
        var periods = section.Periods("over", TimeSpan.Zero);
        var op = Config.Section.Required(section.Row, "op", $"one of {string.Join(", ", Ops.Keys)}");
        var bound = section.Required("bound", role, take);
        if (role is null || op is null || bound is null) return null;
        return new Predicate(role, take, section.FigureOf("agg"), periods, section.Row.OneOf("op", Comparison.Above, Ops), bound, section.Row.OneOf("signals", Combination.Any, Combinations));
    }

    /// <summary>Its test in a place; false if the plant lacks something there.</summary>
    public bool TryBind(RuleScope scope, [NotNullWhen(true)] out PredicateTest? test, out string missing)
    {
        test = null;
        missing = "";
        var signals = scope.Find(Role);
        if (signals.IsEmpty) missing = $"role {scope.RoleOf(Role)}";
        else if (Take == Take.Reference && scope.Outlet is { ReferenceO2: null }) missing = $"reference-o2 at {scope.Unit.Name}";
        else missing = signals.Select(signal => Bound.NeededBy(signal, Take)).FirstOrDefault(needed => needed is not null) ?? "";
        if (missing.Length > 0) return false;
        test = new PredicateTest(this, [.. signals.Select(signal => new RuleSeries(signal, Take, Periods))]);
        return true;
    }

    /// <summary>True if the figure is on the side of the threshold that the predicate asks for.</summary>
    /// <param name="margin">By how much the threshold is moved towards what is all right.</param>
    public bool Holds(decimal figure, decimal bound, decimal margin) => Op switch
    {
        Comparison.Above => figure > bound - margin,
        Comparison.AtLeast => figure >= bound - margin,
        Comparison.Below => figure < bound + margin,
        _ => figure <= bound + margin,
    };

    /// <summary>The operator as written.</summary>
    public string OpText => Ops.First(op => op.Value == Op).Key;
}
