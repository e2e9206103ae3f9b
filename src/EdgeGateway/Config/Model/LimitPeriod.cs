namespace EdgeGateway.Config.Model;

/// <summary>The period a limit is about.</summary>
internal enum LimitPeriod
{
    Hour,
    Day,
}
