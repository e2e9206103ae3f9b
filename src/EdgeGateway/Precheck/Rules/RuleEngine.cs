using System.Collections.Immutable;
using EdgeGateway.Config.Model;

namespace EdgeGateway.Precheck.Rules;

/// <summary>Every rule wherever the plant has what it needs, judged period by period as aggregates close. Not thread-safe.</summary>
internal sealed class RuleEngine
{
    private readonly List<RuleInstance> _instances = [];
    private readonly List<RulePlace> _places = [];

    /// <param name="book">Whose periods will be judged.</param>
    /// <param name="model">The plant.</param>
    /// <param name="rules">The rules.</param>
    public RuleEngine(AggregateBook book, PlantModel model, ImmutableArray<Rule> rules)
    {
        foreach (var rule in rules)
            foreach (var unit in model.Units.Where(unit => unit.Kind == rule.Scope))
                foreach (var each in rule.Each.IsEmpty ? [null] : rule.Each.Select(role => (string?)role.Name))
                    Place(rule, new RuleScope(book, model, unit, each));
    }

    /// <summary>Every rule on every unit of its scope.</summary>
    public IReadOnlyList<RulePlace> Places => _places;

    /// <summary>Where rules run.</summary>
    public IReadOnlyList<RuleInstance> Instances => _instances;

    /// <summary>Judges a period; what it changes.</summary>
    public IReadOnlyList<RuleChange> See(ClosedPeriod period)
    {
        List<RuleChange>? changes = null;
        foreach (var instance in _instances)
            if (instance.Rule.Every == period.Period && instance.See(period) is { } change) (changes ??= []).Add(change);
        return changes ?? (IReadOnlyList<RuleChange>)[];
    }

    private void Place(Rule rule, RuleScope scope)
    {
        var gates = new List<PredicateTest>();
        if (rule.Condition.TryBind(scope, out var test, out var missing))
        {
            foreach (var gate in rule.Gate)
            {
                if (!gate.TryBind(scope, out var bound, out missing)) break;
                gates.Add(bound);
            }
            if (missing.Length == 0) _instances.Add(new RuleInstance(rule, scope, test, [.. gates]));
        }
        _places.Add(new RulePlace(rule, scope.Name, missing));
    }
}
