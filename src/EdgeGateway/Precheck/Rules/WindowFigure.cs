namespace EdgeGateway.Precheck.Rules;

/// <summary>What is made of the values of a window.</summary>
internal enum WindowFigure
{
    Mean,
    Min,
    Max,
}
