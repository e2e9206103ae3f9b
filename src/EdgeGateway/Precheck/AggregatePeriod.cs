using EdgeGateway.Config.Model;

namespace EdgeGateway.Precheck;

/// <summary>What an aggregate is over.</summary>
/// <param name="Text">As on the wire.</param>
/// <param name="Length">Milliseconds.</param>
/// <param name="Due">How many periods below (or none, for minutes) it has.</param>
/// <param name="Needed">How many of these must be valid for it to be normal.</param>
/// <param name="Limit">The limits for it; null for minutes, which have none.</param>
internal sealed record AggregatePeriod(string Text, long Length, int Due, int Needed, LimitPeriod? Limit)
{
    public static AggregatePeriod Minute { get; } = new("1m", ChinaTime.Minute, 0, 0, null);

    // HJ 212-2017 App. D and HJ 76-2017 App. B: an hour needs 45 valid minutes, a day 20 valid hours.
    public static AggregatePeriod Hour { get; } = new("1h", ChinaTime.Hour, 60, 45, LimitPeriod.Hour);

    public static AggregatePeriod Day { get; } = new("1d", ChinaTime.Day, 24, 20, LimitPeriod.Day);
}
