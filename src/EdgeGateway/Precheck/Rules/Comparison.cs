namespace EdgeGateway.Precheck.Rules;

/// <summary>How a figure is compared with a threshold.</summary>
internal enum Comparison
{
    Above,
    AtLeast,
    Below,
    AtMost,
}
