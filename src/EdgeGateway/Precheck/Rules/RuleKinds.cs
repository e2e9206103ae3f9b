using System.Collections.Immutable;
using EdgeGateway.Precheck.Rules.Kinds;

namespace EdgeGateway.Precheck.Rules;

/// <summary>Every kind of rule.</summary>
internal static class RuleKinds
{
    public static ImmutableArray<IRuleKind> All { get; } =
        [new RangeKind(), new StuckKind(), new RateKind(), new BudgetKind(), new ConflictKind(), new RatioKind(), new DisagreeKind(), new CompleteKind()];
}
