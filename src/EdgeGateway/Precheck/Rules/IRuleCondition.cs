using System.Diagnostics.CodeAnalysis;

namespace EdgeGateway.Precheck.Rules;

/// <summary>What a rule asks, as it was read: the same for every place where it runs. Immutable.</summary>
internal interface IRuleCondition
{
    /// <summary>The test of one place; false if the plant lacks something there, which is then named.</summary>
    bool TryBind(RuleScope scope, [NotNullWhen(true)] out IRuleTest? test, out string missing);
}
