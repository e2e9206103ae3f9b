using System.Collections.Immutable;

namespace EdgeGateway.Precheck.Rules;

/// <summary>Keys of rule packs that do not belong to a kind.</summary>
internal static class RuleKeys
{
    /// <summary>Stands for the role that a rule is about at the moment.</summary>
    public const string Each = "each";

    public static ImmutableArray<string> Pack { get; } = ["pack", "title", "rules"];

    public static ImmutableArray<string> Rule { get; } =
        ["rule", "version", "kind", "name-zh", "name-en", "severity", "scope", "each", "every", "hold-on", "hold-off", "gate", "suppress"];

    public static ImmutableArray<string> Predicate { get; } = ["of", "take", "agg", "over", "op", "bound", "signals"];
}
