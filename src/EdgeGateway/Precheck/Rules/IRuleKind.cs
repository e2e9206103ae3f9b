using System.Collections.Immutable;
using EdgeGateway.Config;

namespace EdgeGateway.Precheck.Rules;

/// <summary>A kind of rule: what it can be told, and what it makes of it.</summary>
internal interface IRuleKind
{
    /// <summary>As written: <c>RANGE</c>.</summary>
    string Name { get; }

    /// <summary>Its own keys.</summary>
    ImmutableArray<string> Keys { get; }

    /// <summary>The condition; null, and faults, if it cannot be read.</summary>
    IRuleCondition? Read(RuleSection section);
}
