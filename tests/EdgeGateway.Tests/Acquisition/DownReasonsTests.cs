using EdgeGateway.Acquisition;
using EdgeGateway.Drivers;

namespace EdgeGateway.Tests.Acquisition;

/// <summary>Which reasons of a line that is down are said.</summary>
public sealed class DownReasonsTests
{
    [Fact]
    public void A_reason_is_new_once_whatever_its_numbers_are()
    {
        var reasons = new DownReasons();
        Assert.True(reasons.IsNew("valid until 2026-01-01, it is 2026-01-02 08:00:01"));
        Assert.False(reasons.IsNew("valid until 2026-01-01, it is 2026-01-02 08:00:02"));
        Assert.True(reasons.IsNew("the password is wrong"));
        reasons.Forget();
        Assert.True(reasons.IsNew("the password is wrong"));
    }

    [Fact]
    public void After_many_reasons_nothing_is_new()
    {
        var reasons = new DownReasons();
        for (var letter = 'a'; letter < 'a' + 20; letter++) Assert.True(reasons.IsNew($"{letter}"));
        Assert.False(reasons.IsNew("another"));
    }

    [Theory]
    [InlineData(true, 3)]
    [InlineData(false, 1)]
    public async Task Every_new_reason_is_in_the_log_only_where_the_link_says_so(bool tellsEvery, int said)
    {
        var log = new RecordedLog<DownReasonsTests>();
        using var bench = new LineBench(TimeSpan.FromMinutes(10), seed: 1, Plants.Device("d", Plants.Group("d", "fast", 1, TimeSpan.FromSeconds(1)))) { Log = log };
        bench.Dial.TellsEvery = tellsEvery;
        var attempts = 0;
        bench.Dial.OnDial = () => throw new LineDownException(attempts++ switch { 0 => "off", < 4 => "certificate", _ => "password" });
        await bench.RunAsync();
        Assert.True(attempts > 5);
        Assert.Equal(said, log.Lines.Count(line => line.StartsWith("line line1 is down", StringComparison.Ordinal)));
    }
}
