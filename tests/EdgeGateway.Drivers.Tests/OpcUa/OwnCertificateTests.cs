using EdgeGateway.Drivers.OpcUa;
using EdgeGateway.Drivers.OpcUa.Security;

namespace EdgeGateway.Drivers.Tests.OpcUa;

/// <summary>Our own certificate and its successor, as files.</summary>
public sealed class OwnCertificateTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private OwnCertificates Own => new(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_next_certificate_is_for_the_same_application_and_hosts_with_another_key()
    {
        using var current = InUse();
        Own.Renew(TimeProvider.System);
        using var next = OwnCertificates.Show(Own.Next, "next")!; // just made
        Assert.Equal((Certificates.Uri, current.Subject), (next.ApplicationUri, next.Certificate.Subject));
        Assert.Equal(["localhost", "127.0.0.1"], next.Hosts);
        Assert.NotEqual(current.PublicKey.EncodedKeyValue.RawData, next.Certificate.PublicKey.EncodedKeyValue.RawData);
        using var still = InUse();
        Assert.Equal(current.Thumbprint, still.Thumbprint);
    }

    [Fact]
    public void A_switch_uses_the_next_certificate_and_keeps_the_one_before()
    {
        using var current = InUse();
        Own.Renew(TimeProvider.System);
        using var next = OwnCertificates.Load(Own.Next);
        Own.Switch();
        using var used = InUse();
        Assert.Equal(next.Thumbprint, used.Thumbprint);
        using var before = OwnCertificates.Load(Own.Previous);
        Assert.Equal(current.Thumbprint, before.Thumbprint);
        Assert.False(File.Exists(Own.Next.Certificate));
        if (OperatingSystem.IsWindows()) return;
        foreach (var key in new[] { Own.Current.Key, Own.Previous.Key }) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key));
    }

    [Fact]
    public void A_switch_that_was_cut_short_is_finished_by_the_next_start()
    {
        using var current = InUse();
        Own.Renew(TimeProvider.System);
        using var next = OwnCertificates.Load(Own.Next);
        File.Move(Own.Next.Key, Own.Current.Key, overwrite: true); // and then the power went
        using var used = InUse();
        Assert.Equal(next.Thumbprint, used.Thumbprint);
        Assert.True(used.HasPrivateKey);
    }

    [Fact]
    public void A_next_certificate_is_not_made_twice()
    {
        using var current = InUse();
        Own.Renew(TimeProvider.System);
        var made = File.ReadAllText(Own.Next.Certificate);
        var refused = Assert.Throws<OpcUaException>(() => Own.Renew(TimeProvider.System));
        Assert.Contains(Own.Next.Certificate, refused.Message, StringComparison.Ordinal);
        Assert.Equal(made, File.ReadAllText(Own.Next.Certificate));
    }

    [Fact]
    public void Without_a_certificate_in_use_there_is_nothing_to_renew()
    {
        var refused = Assert.Throws<OpcUaException>(() => Own.Renew(TimeProvider.System));
        Assert.Contains("a gateway makes it", refused.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Own.Next.Key));
    }

    [Fact]
    public void A_next_certificate_that_does_not_fit_its_key_is_not_put_to_use()
    {
        using var current = InUse();
        Own.Renew(TimeProvider.System);
        File.Copy(Own.Current.Key, Own.Next.Key, overwrite: true);
        Assert.Throws<OpcUaException>(Own.Switch);
        using var used = InUse();
        Assert.Equal(current.Thumbprint, used.Thumbprint);
        Assert.False(File.Exists(Own.Previous.Certificate));
    }

    private System.Security.Cryptography.X509Certificates.X509Certificate2 InUse() =>
        ApplicationCertificate.LoadOrCreate(_folder.Path, "EdgeGateway", Certificates.Uri, ["localhost", "127.0.0.1"], TimeProvider.System);
}
