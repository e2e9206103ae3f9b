using System.Collections.Immutable;
using EdgeGateway.Config.Model;

namespace EdgeGateway.Precheck.Rules;

/// <summary>One rule of a pack, read and checked. Immutable.</summary>
internal sealed record Rule
{
    /// <summary>Unique over all packs: <c>E02</c>.</summary>
    public required string Name { get; init; }

    public required int Version { get; init; }
    public required string Kind { get; init; }
    public required string NameZh { get; init; }
    public required string NameEn { get; init; }

    /// <summary>1 notice, 2 warning, 3 alarm, 4 grave.</summary>
    public required int Severity { get; init; }

    /// <summary>On which units it runs.</summary>
    public required UnitKind Scope { get; init; }

    /// <summary>The roles it is about, one after the other; empty where the condition names its own.</summary>
    public required ImmutableArray<Role> Each { get; init; }

    /// <summary>Its pace: minutes or hours.</summary>
    public required AggregatePeriod Every { get; init; }

    /// <summary>For how many periods it must fire before it is raised; at least 1.</summary>
    public required int HoldOn { get; init; }

    /// <summary>For how many periods it must be all right before it is cleared; at least 1.</summary>
    public required int HoldOff { get; init; }

    /// <summary>What must hold for it to be evaluated at all.</summary>
    public required ImmutableArray<Predicate> Gate { get; init; }

    public required ImmutableArray<Suppression> Suppressed { get; init; }

    public required IRuleCondition Condition { get; init; }
}
