using EdgeGateway.Uplink;
using Microsoft.Extensions.Time.Testing;

namespace EdgeGateway.Tests.Uplink;

public sealed class BrokerRosterTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Whoever_takes_the_session_over_again_within_the_hour_is_not_fought()
    {
        var roster = new BrokerRoster([new Uri("mqtt://127.0.0.1:1883")], _time, new Random(1));

        TakenOver(roster);
        Assert.InRange(roster.Wait.TotalSeconds, 60, 120);
        _time.Advance(TimeSpan.FromMinutes(59));
        TakenOver(roster);
        Assert.InRange(roster.Wait.TotalSeconds, 300, 900);
        _time.Advance(TimeSpan.FromMinutes(59));
        TakenOver(roster);
        Assert.InRange(roster.Wait.TotalSeconds, 300, 900);
        _time.Advance(TimeSpan.FromMinutes(61));
        TakenOver(roster);
        Assert.InRange(roster.Wait.TotalSeconds, 60, 120);
    }

    private static void TakenOver(BrokerRoster roster) => roster.Lost(Remedy.GiveWay, TimeSpan.FromSeconds(10));
}
