namespace EdgeGateway.Precheck.Rules;

/// <summary>What a rule says of a period. There is no fourth: a rule that cannot be evaluated never counts as all right.</summary>
internal enum Outcome
{
    Ok,
    Fire,
    NotEvaluable,
}
