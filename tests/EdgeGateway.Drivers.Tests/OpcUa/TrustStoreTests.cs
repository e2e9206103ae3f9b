using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EdgeGateway.Drivers.OpcUa;
using EdgeGateway.Drivers.OpcUa.Security;
using Microsoft.Extensions.Time.Testing;

namespace EdgeGateway.Drivers.Tests.OpcUa;

/// <summary>Who is trusted, and what people are told about the others.</summary>
public sealed class TrustStoreTests : IDisposable
{
    private static readonly TrustExpectation Expected = new(Certificates.Uri, "localhost");
    private static readonly X509Certificate2 Authority = MakeAuthority();

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());

    private TrustStore Store => new(_folder.Path, _time);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_unknown_certificate_is_kept_among_the_rejected_and_trusted_once_accepted()
    {
        var refused = Assert.Throws<OpcUaException>(() => Store.Check(Certificates.Own.RawData, Expected));
        Assert.Equal(StatusCodes.BadCertificateUntrusted, refused.Status);
        Assert.Contains(Certificates.Own.GetCertHashString(HashAlgorithmName.SHA256), refused.Message, StringComparison.Ordinal);
        Assert.True(Store.Accept(Certificates.Own.Thumbprint));
        Assert.False(Store.Accept(Certificates.Own.Thumbprint));
        Assert.Equal(Certificates.Own.Thumbprint, Store.Check(Certificates.Own.RawData, Expected).Thumbprint);
    }

    [Fact]
    public void A_certificate_for_another_host_or_application_is_refused()
    {
        Put("trusted/certs", "server.der", Certificates.Own.RawData);
        Refused(StatusCodes.BadCertificateHostNameInvalid, Certificates.Own, Expected with { Host = "other" });
        Refused(StatusCodes.BadCertificateUriInvalid, Certificates.Own, Expected with { ApplicationUri = "urn:other" });
        Store.Check(Certificates.Own.RawData, Expected with { Host = "other", IgnoreHost = true });
    }

    [Fact]
    public void An_expired_certificate_is_refused_unless_the_site_allows_it()
    {
        Put("trusted/certs", "server.der", Certificates.Own.RawData);
        _time.SetUtcNow(Certificates.Own.NotAfter.ToUniversalTime().AddSeconds(1));
        Refused(StatusCodes.BadCertificateTimeInvalid, Certificates.Own, Expected);
        Store.Check(Certificates.Own.RawData, Expected with { AllowExpired = true });
    }

    [Fact]
    public void An_issued_certificate_needs_a_trusted_issuer_and_its_revocation_list()
    {
        var server = Issue(7);
        Put("issuers/certs", "authority.der", Authority.RawData);
        Refused(StatusCodes.BadCertificateUntrusted, server, Expected);
        Put("trusted/certs", "authority.der", Authority.RawData);
        Refused(StatusCodes.BadCertificateRevocationUnknown, server, Expected);
        Put("issuers/crl", "authority.crl", List(8));
        Store.Check(server.RawData, Expected);
        Put("issuers/crl", "authority.crl", List(7));
        Refused(StatusCodes.BadCertificateRevoked, server, Expected);
    }

    [Fact]
    public void An_issued_certificate_that_was_accepted_itself_still_needs_its_issuer()
    {
        var server = Issue(7);
        Put("trusted/certs", "server.der", server.RawData);
        Refused(StatusCodes.BadCertificateChainIncomplete, server, Expected);
    }

    [Fact]
    public void A_revocation_list_of_somebody_else_counts_for_nothing()
    {
        var server = Issue(7);
        Put("trusted/certs", "authority.der", Authority.RawData);
        using var impostor = MakeAuthority();
        Put("issuers/crl", "impostor.crl", List(8, impostor));
        Refused(StatusCodes.BadCertificateRevocationUnknown, server, Expected);
    }

    [Fact]
    public void An_issuer_of_the_same_name_with_another_key_is_no_issuer()
    {
        using var impostor = MakeAuthority();
        Put("trusted/certs", "impostor.der", impostor.RawData);
        Refused(StatusCodes.BadCertificateUntrusted, Issue(7), Expected);
    }

    [Fact]
    public void Garbage_is_no_certificate()
    {
        foreach (var bytes in new byte[][] { [], [0x30], [0x30, 0x03, 1, 2, 3], new byte[5000] })
            Assert.Equal(StatusCodes.BadCertificateInvalid, Assert.Throws<OpcUaException>(() => Store.Check(bytes, Expected)).Status);
    }

    [Theory]
    [InlineData("trusted/certs")]
    [InlineData("issuers/certs")]
    public void A_file_that_does_not_belong_into_the_store_is_named(string folder)
    {
        Put(folder, "notes.txt", "not a certificate"u8.ToArray());
        var refused = Assert.Throws<OpcUaException>(() => Store.Check(Certificates.Own.RawData, Expected));
        Assert.Equal(StatusCodes.BadConfigurationError, refused.Status);
        Assert.Contains("notes.txt", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Our_certificate_is_made_once_and_its_key_is_for_us_only()
    {
        var made = ApplicationCertificate.LoadOrCreate(_folder.Path, "EdgeGateway", Certificates.Uri, ["localhost"], _time);
        var again = ApplicationCertificate.LoadOrCreate(_folder.Path, "EdgeGateway", Certificates.Uri, ["localhost"], _time);
        Assert.Equal(made.Thumbprint, again.Thumbprint);
        Assert.True(again.HasPrivateKey);
        var key = Assert.Single(Directory.GetFiles(_folder.Sub("own", "private")));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key));
        var refused = Assert.Throws<OpcUaException>(() => ApplicationCertificate.LoadOrCreate(_folder.Path, "EdgeGateway", "urn:renamed", ["localhost"], _time));
        Assert.Equal(StatusCodes.BadCertificateUriInvalid, refused.Status);
    }

    private static X509Certificate2 MakeAuthority()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=Plant Authority", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-2), now.AddYears(1));
    }

    private static X509Certificate2 Issue(byte serial)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=DCS", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri(Certificates.Uri));
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        return request.Create(Authority, now.AddDays(-1), now.AddDays(100), [serial]);
    }

    private static byte[] List(byte serial, X509Certificate2? issuer = null)
    {
        var list = new CertificateRevocationListBuilder();
        list.AddEntry([serial]);
        var now = TimeProvider.System.GetUtcNow();
        using var key = (issuer ?? Authority).GetRSAPrivateKey()!; // made with one
        return list.Build((issuer ?? Authority).SubjectName, X509SignatureGenerator.CreateForRSA(key, RSASignaturePadding.Pkcs1), BigInteger.One, now.AddDays(30),
            HashAlgorithmName.SHA256, X509AuthorityKeyIdentifierExtension.CreateFromCertificate(issuer ?? Authority, false, true), now);
    }

    private void Refused(StatusCode status, X509Certificate2 certificate, TrustExpectation expected)
    {
        var refused = Assert.Throws<OpcUaException>(() => Store.Check(certificate.RawData, expected));
        Assert.True(status == refused.Status, refused.Message);
    }

    private void Put(string folder, string name, byte[] bytes) => File.WriteAllBytes(Path.Combine(Directory.CreateDirectory(_folder.Sub(folder)).FullName, name), bytes);
}
