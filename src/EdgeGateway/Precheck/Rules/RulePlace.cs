namespace EdgeGateway.Precheck.Rules;

/// <summary>Whether a rule runs in a place.</summary>
/// <param name="Place">For people.</param>
/// <param name="Missing">What the plant lacks there; empty if it runs.</param>
internal sealed record RulePlace(Rule Rule, string Place, string Missing);
