using EdgeGateway.Drivers.OpcUa.Polling;
using Microsoft.Extensions.Time.Testing;

namespace EdgeGateway.Drivers.Tests.OpcUa.Polling;

/// <summary>Certificates are named before they end.</summary>
public sealed class CertificateWatchTests
{
    private readonly List<string> _said = [];
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());

    [Fact]
    public void A_certificate_is_named_once_a_day_from_thirty_days_before_its_end()
    {
        var watch = Watch();
        var end = new DateTimeOffset(Certificates.Own.NotAfter.ToUniversalTime());
        _time.SetUtcNow(end.AddDays(-30).AddHours(-1));
        watch.Look(Certificates.Own, null);
        Assert.Empty(_said);
        for (var hour = 0; hour < 48; hour++)
        {
            _time.Advance(TimeSpan.FromHours(1));
            watch.Look(Certificates.Own, null);
        }
        Assert.Equal(2, _said.Count);
        Assert.Contains("our own certificate", _said[0], StringComparison.Ordinal);
        Assert.Contains("30 more days", _said[0], StringComparison.Ordinal);
        Assert.Contains("29 more days", _said[1], StringComparison.Ordinal);
    }

    [Fact]
    public void An_expired_certificate_of_a_server_is_named()
    {
        var watch = Watch();
        _time.SetUtcNow(new DateTimeOffset(Certificates.Own.NotAfter.ToUniversalTime()).AddSeconds(1));
        watch.Look(null, Certificates.Own);
        Assert.Contains("the server's certificate", Assert.Single(_said), StringComparison.Ordinal);
        Assert.Contains("has expired", _said[0], StringComparison.Ordinal);
    }

    private CertificateWatch Watch() =>
        new(new LineNews(new LineContext("line1", new Uri("opc.tcp://127.0.0.1:4840"), _time) { Say = notice => _said.Add(notice.Text) }, LinePlan.Of([])), _time);
}
