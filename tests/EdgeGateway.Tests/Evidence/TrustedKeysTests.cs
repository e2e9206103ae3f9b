using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EdgeGateway.Evidence;

namespace EdgeGateway.Tests.Evidence;

public sealed class TrustedKeysTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edgegateway-trust-").FullName;
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    [Fact]
    public void A_certificate_in_pem_or_der_and_a_public_key_in_pem_are_the_same_key()
    {
        using var certificate = Certify(_key);
        var pem = Write("a.crt", certificate.ExportCertificatePem());
        var spki = Write("a.pub", _key.ExportSubjectPublicKeyInfoPem());
        var der = Path.Combine(_folder, "a.der");
        File.WriteAllBytes(der, certificate.RawData);
        using var keys = TrustedKeys.Load(pem, spki, der);
        Assert.Equal(Es256Signer.KeyIdOf(_key), Assert.Single(keys.KeyIds));
    }

    [Fact]
    public void A_second_key_is_trusted_beside_the_first()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var keys = TrustedKeys.Load(Write("a.pub", _key.ExportSubjectPublicKeyInfoPem()), Write("b.pub", other.ExportSubjectPublicKeyInfoPem()));
        Assert.Equal(2, keys.KeyIds.Count);
    }

    [Fact]
    public void A_private_key_is_refused_and_not_taken_for_its_public_part() =>
        Refuses(Write("a.key", _key.ExportPkcs8PrivateKeyPem()), "is a private key");

    [Fact]
    public void Another_curve_is_refused()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Refuses(Write("a.pub", other.ExportSubjectPublicKeyInfoPem()), "expected P-256");
    }

    [Fact]
    public void A_certificate_of_another_kind_of_key_is_refused()
    {
        using var rsa = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=plant", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(1));
        Refuses(Write("a.crt", certificate.ExportCertificatePem()), "expected P-256");
    }

    [Fact]
    public void Two_certificates_in_one_file_are_refused()
    {
        using var certificate = Certify(_key);
        Refuses(Write("a.crt", certificate.ExportCertificatePem() + "\n" + certificate.ExportCertificatePem()), "more than one PEM block");
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA")]
    public void A_file_that_holds_no_key_is_refused(string text) => Refuses(Write("a.crt", text), "neither a certificate nor a public key");

    [Fact]
    public void A_file_that_is_not_there_is_refused() => Refuses(Path.Combine(_folder, "absent.crt"), "cannot be read");

    [Fact]
    public void No_file_at_all_is_refused() => Assert.Throws<TrustedKeyException>(() => TrustedKeys.Load());

    public void Dispose()
    {
        _key.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static X509Certificate2 Certify(ECDsa key) => new CertificateRequest("CN=plant", key, HashAlgorithmName.SHA256)
        .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(1));

    private static void Refuses(string path, string why)
    {
        var refusal = Assert.Throws<TrustedKeyException>(() => TrustedKeys.Load(path));
        Assert.Contains(path, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(why, refusal.Message, StringComparison.Ordinal);
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
