namespace EdgeGateway.Precheck.Rules;

/// <summary>Where a threshold comes from.</summary>
internal enum ThresholdSource
{
    /// <summary>It is written in the rule.</summary>
    Fixed,

    /// <summary>The limit on hourly means in force at the time.</summary>
    Limit,

    /// <summary>The unit's rated value.</summary>
    Rated,
}
