namespace EdgeGateway.Precheck.Rules;

/// <summary>A rule was raised or cleared somewhere.</summary>
/// <param name="Start">Start of the period that made it so, Unix ms.</param>
/// <param name="IsRaised">False: cleared.</param>
internal readonly record struct RuleChange(RuleInstance Instance, long Start, bool IsRaised, Judgement Judgement);
