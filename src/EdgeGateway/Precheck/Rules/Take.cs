namespace EdgeGateway.Precheck.Rules;

/// <summary>Which figure of a row a rule looks at.</summary>
internal enum Take
{
    Mean,
    Min,
    Max,
    Dry,
    Reference,
}
