using System.Formats.Asn1;
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
        Assert.Contains(StoredCertificate.FingerprintOf(Certificates.Own), refused.Message, StringComparison.Ordinal);
        Assert.True(Store.Accept(Certificates.Own.Thumbprint));
        Assert.False(Store.Accept(Certificates.Own.Thumbprint));
        Assert.Equal(Certificates.Own.Thumbprint, Store.Check(Certificates.Own.RawData, Expected).Thumbprint);
    }

    [Fact]
    public void Trust_that_is_taken_back_is_gone_at_the_next_check()
    {
        Put("trusted/certs", "put by hand.der", Certificates.Own.RawData);
        Store.Check(Certificates.Own.RawData, Expected);
        Assert.True(Store.Revoke(Certificates.Own.Thumbprint));
        Assert.False(Store.Revoke(Certificates.Own.Thumbprint));
        Refused(StatusCodes.BadCertificateUntrusted, Certificates.Own, Expected);
    }

    [Fact]
    public void The_list_says_where_each_certificate_is_and_what_it_is_for()
    {
        Put("trusted/certs", "server.der", Certificates.Own.RawData);
        Put("issuers/certs", "authority.der", Authority.RawData);
        var all = Store.List();
        Assert.Equal([StoredCertificate.Trusted, StoredCertificate.Issuer], all.Select(one => one.Place));
        Assert.Equal((Certificates.Uri, "localhost, 127.0.0.1"), (all[0].ApplicationUri, string.Join(", ", all[0].Hosts)));
        Assert.Equal(Certificates.Own.GetCertHashString(HashAlgorithmName.SHA256), all[0].Fingerprint.Replace(":", "", StringComparison.Ordinal));
        Assert.Empty(all[1].Hosts);
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

    [Theory]
    [InlineData("trusted/crl")]
    [InlineData("issuers/crl")]
    public void A_revocation_list_that_is_none_is_named(string folder)
    {
        Put("trusted/certs", "authority.der", Authority.RawData);
        foreach (var bytes in new byte[][] { "not a list"u8.ToArray(), [0x30, 0x03, 1, 2, 3], List(8)[..^20] })
        {
            Put(folder, "broken.crl", bytes);
            var refused = Assert.Throws<OpcUaException>(() => Store.Check(Issue(7).RawData, Expected));
            Assert.Equal(StatusCodes.BadConfigurationError, refused.Status);
            Assert.Contains("broken.crl", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_named()
    {
        File.CreateSymbolicLink(Path.Combine(Directory.CreateDirectory(_folder.Sub("trusted", "certs")).FullName, "moved.der"), _folder.Sub("nowhere.der"));
        var refused = Assert.Throws<OpcUaException>(() => Store.Check(Certificates.Own.RawData, Expected));
        Assert.Equal(StatusCodes.BadConfigurationError, refused.Status);
        Assert.Contains("moved.der", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_that_cannot_be_kept_among_the_rejected_is_refused_all_the_same()
    {
        Directory.CreateDirectory(_folder.Path);
        File.WriteAllText(_folder.Sub("rejected"), "a file where a folder belongs");
        var refused = Assert.Throws<OpcUaException>(() => Store.Check(Certificates.Own.RawData, Expected));
        Assert.Equal(StatusCodes.BadCertificateUntrusted, refused.Status);
        Assert.Contains("could not be kept", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2.5.29.17")]
    [InlineData("2.5.29.15")]
    [InlineData("2.5.29.19")]
    public void A_certificate_with_a_broken_extension_is_refused_in_words(string extension)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=Broken", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509Extension(extension, [0xFF, 0x01, 0x02], false));
        using var broken = request.CreateSelfSigned(_time.GetUtcNow().AddDays(-1), _time.GetUtcNow().AddDays(1));
        Directory.CreateDirectory(_folder.Sub("trusted", "certs"));
        var refused = Assert.Throws<OpcUaException>(() => Store.Check(broken.RawData, Expected));
        Put("trusted/certs", "broken.der", broken.RawData);
        var accepted = Assert.Throws<OpcUaException>(() => Store.Check(broken.RawData, Expected));
        Assert.All([refused, accepted], each => Assert.True(each.Status.IsBad && each.Message.Length > 40, each.Message));
    }

    [Fact]
    public void A_revocation_list_whose_successor_is_overdue_is_refused_unless_the_site_allows_it()
    {
        Put("trusted/certs", "authority.der", Authority.RawData);
        Put("issuers/crl", "authority.crl", List(8));
        var server = Issue(7);
        _time.SetUtcNow(TimeProvider.System.GetUtcNow().AddDays(31));
        Refused(StatusCodes.BadCertificateRevocationUnknown, server, Expected);
        Store.Check(server.RawData, Expected with { AllowOldRevocationList = true });
        Put("issuers/crl", "authority.crl", List(7));
        Refused(StatusCodes.BadCertificateRevoked, server, Expected with { AllowOldRevocationList = true });
    }

    [Fact]
    public void A_revocation_list_with_a_critical_extension_that_is_not_understood_is_refused()
    {
        Put("trusted/certs", "authority.der", Authority.RawData);
        Put("issuers/crl", "authority.crl", PartialList());
        var refused = Assert.Throws<OpcUaException>(() => Store.Check(Issue(7).RawData, Expected));
        Assert.Equal(StatusCodes.BadCertificateRevocationUnknown, refused.Status);
        Assert.Contains("2.5.29.28", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_names_no_application_is_refused()
    {
        Put("trusted/certs", "server.der", Certificates.Own.RawData);
        Refused(StatusCodes.BadCertificateUriInvalid, Certificates.Own, Expected with { ApplicationUri = null });
    }

    [Theory]
    [InlineData((int)X509KeyUsageFlags.DigitalSignature)]
    [InlineData(null)]
    public void An_issuer_whose_key_is_not_made_for_signing_certificates_is_refused(int? usage)
    {
        using var authority = MakeAuthority((X509KeyUsageFlags?)usage);
        Put("trusted/certs", "authority.der", authority.RawData);
        Put("issuers/crl", "authority.crl", List(8, authority));
        Refused(StatusCodes.BadCertificateIssuerUseNotAllowed, Issue(7, authority), Expected);
    }

    [Fact]
    public void Our_certificate_that_does_not_fit_its_key_is_named_with_what_to_do()
    {
        ApplicationCertificate.LoadOrCreate(_folder.Path, "EdgeGateway", Certificates.Uri, ["localhost"], _time).Dispose();
        var key = Assert.Single(Directory.GetFiles(_folder.Sub("own", "private")));
        using var other = RSA.Create(2048);
        foreach (var text in new[] { "", "nonsense", other.ExportPkcs8PrivateKeyPem() })
        {
            File.WriteAllText(key, text);
            OursRefused(key);
        }
        File.Delete(key);
        OursRefused(key);
    }

    [Fact]
    public void A_folder_of_our_certificate_that_cannot_be_made_is_named_with_what_to_do()
    {
        Directory.CreateDirectory(_folder.Path);
        File.WriteAllText(_folder.Sub("own"), "a file where a folder belongs");
        OursRefused(_folder.Sub("own"));
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

    private void OursRefused(string path)
    {
        var refused = Assert.Throws<OpcUaException>(() => ApplicationCertificate.LoadOrCreate(_folder.Path, "EdgeGateway", Certificates.Uri, ["localhost"], _time));
        Assert.Equal(StatusCodes.BadConfigurationError, refused.Status);
        Assert.Contains(path, refused.Message, StringComparison.Ordinal);
    }

    // The lists of the platform have no critical extensions: this one is written by hand (RFC 5280, 5.1 and 5.2.5).
    private static byte[] PartialList()
    {
        var now = TimeProvider.System.GetUtcNow();
        var content = new AsnWriter(AsnEncodingRules.DER);
        using (content.PushSequence())
        {
            content.WriteInteger(1);
            WriteAlgorithm(content);
            content.WriteEncodedValue(Authority.SubjectName.RawData);
            content.WriteUtcTime(now);
            content.WriteUtcTime(now.AddDays(30));
            using (content.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
            using (content.PushSequence())
            using (content.PushSequence())
            {
                content.WriteObjectIdentifier("2.5.29.28");
                content.WriteBoolean(true);
                content.WriteOctetString([0x30, 0x03, 0x81, 0x01, 0xFF]); // only certificates of users
            }
        }
        using var key = Authority.GetRSAPrivateKey()!; // made with one
        var list = new AsnWriter(AsnEncodingRules.DER);
        using (list.PushSequence())
        {
            list.WriteEncodedValue(content.Encode());
            WriteAlgorithm(list);
            list.WriteBitString(key.SignData(content.Encode(), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        }
        return list.Encode();
    }

    private static void WriteAlgorithm(AsnWriter writer)
    {
        using var sequence = writer.PushSequence();
        writer.WriteObjectIdentifier("1.2.840.113549.1.1.11");
        writer.WriteNull();
    }

    private static X509Certificate2 MakeAuthority(X509KeyUsageFlags? usage = X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=Plant Authority", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        if (usage is { } uses) request.CertificateExtensions.Add(new X509KeyUsageExtension(uses, true));
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-2), now.AddYears(1));
    }

    private static X509Certificate2 Issue(byte serial, X509Certificate2? issuer = null)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=DCS", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri(Certificates.Uri));
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var issuerKey = (issuer ?? Authority).GetRSAPrivateKey()!; // made with one
        return request.Create((issuer ?? Authority).SubjectName, X509SignatureGenerator.CreateForRSA(issuerKey, RSASignaturePadding.Pkcs1), now.AddDays(-1), now.AddDays(100), [serial]);
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
