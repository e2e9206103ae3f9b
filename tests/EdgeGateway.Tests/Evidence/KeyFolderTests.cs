using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EdgeGateway.Evidence;
using EdgeGateway.Evidence.Keys;
using Microsoft.Extensions.Time.Testing;

namespace EdgeGateway.Tests.Evidence;

/// <summary>The files of signing keys: made, replaced, renewed, missing, and cut short by a crash.</summary>
public sealed class KeyFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("ES256")]
    [InlineData("SM2SM3")]
    public void A_key_is_made_once_and_is_the_same_at_the_next_start(string algorithm)
    {
        var first = Assert.Single(Open(algorithm));
        var again = Assert.Single(Open(algorithm));
        Assert.Equal((algorithm, first.KeyId), (again.Algorithm, again.KeyId));
        using var trusted = TrustedKeys.Load(At(algorithm == "ES256" ? "signing.crt" : "signing-sm2.crt"));
        Assert.Equal([first.KeyId], trusted.KeyIds);
    }

    [Fact]
    public void A_used_gateway_without_key_and_certificate_waits_under_the_name_it_signed_by()
    {
        var before = Assert.Single(Open());
        File.Delete(At("signing.key"));
        File.Delete(At("signing.crt"));
        using var folder = Folder();
        var now = Assert.Single(folder.Open("site/gw", "", [("ES256", before.KeyId)]));
        Assert.Equal(before.KeyId, now.KeyId);
        Assert.Contains("put the key back", Assert.Throws<KeyUnavailableException>(now.Open).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(At("signing.key")));
    }

    [Fact]
    public void A_key_that_is_put_back_signs_again_without_a_restart()
    {
        var before = Assert.Single(Open());
        File.Move(At("signing.key"), At("elsewhere"));
        using var folder = Folder();
        var key = Assert.Single(folder.Open("site/gw", "", [("ES256", before.KeyId)]));
        Assert.Throws<KeyUnavailableException>(() => Sign(key));
        File.Move(At("elsewhere"), At("signing.key"));
        Sign(key);
        Assert.True(key.IsInstant);
    }

    [Fact]
    public void Another_key_in_its_place_signs_nothing()
    {
        var before = Assert.Single(Open());
        File.Delete(At("signing.key"));
        using var folder = Folder();
        var key = Assert.Single(folder.Open("site/gw", "", [("ES256", before.KeyId)]));
        using (var other = ECDsa.Create(ECCurve.NamedCurves.nistP256)) SigningKeyFile.WriteWhole(At("signing.key"), other.ExportPkcs8PrivateKeyPem(), isSecret: true);
        Assert.Contains("another key", Assert.Throws<KeyUnavailableException>(() => Sign(key)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_recorded_change_is_completed_at_the_next_start_wherever_the_crash_came(bool halfMoved)
    {
        var old = Assert.Single(Open());
        using var folder = Folder();
        folder.MakeNext("ES256", "site/gw", asRequest: false, code: null);
        var next = folder.FindNext([old])!;
        if (halfMoved)
        {
            // What Promote does, up to its last step but one.
            foreach (var ending in new[] { "key", "crt" }) File.Move(At($"signing.{ending}"), At($"former-{old.KeyId[..8]}.{ending}"));
            File.Move(At("next.key"), At("signing.key"));
        }
        using var restarted = Folder();
        var now = Assert.Single(restarted.Open("site/gw", next.KeyId, [("ES256", next.KeyId)]));
        Assert.Equal(next.KeyId, now.KeyId);
        Sign(now);
        Assert.Equal(old.KeyId, Assert.Single(restarted.Former()).KeyId);
        Assert.Null(restarted.FindNext([now]));
    }

    [Fact]
    public void A_new_key_that_was_not_recorded_does_not_sign()
    {
        var old = Assert.Single(Open());
        using var folder = Folder();
        folder.MakeNext("ES256", "site/gw", asRequest: false, code: null);
        Assert.Equal(old.KeyId, Assert.Single(folder.Open("site/gw", "", [])).KeyId);
    }

    [Fact]
    public void A_key_that_was_replaced_leaves_when_nothing_waits_for_it_and_its_certificate_stays()
    {
        var old = Assert.Single(Open());
        using var folder = Folder();
        folder.MakeNext("ES256", "site/gw", asRequest: false, code: null);
        folder.Promote(folder.FindNext([old])!.KeyId);
        folder.DropFormer();
        Assert.Empty(folder.Former());
        Assert.Single(Directory.GetFiles(_folder.Path, "former-*.crt"));
        Assert.Empty(Directory.GetFiles(_folder.Path, "former-*.key"));
    }

    [Theory]
    [InlineData("ES256")]
    [InlineData("SM2SM3")]
    public void A_request_proves_its_key_and_carries_the_one_time_code(string algorithm)
    {
        Open(algorithm);
        using var folder = Folder(algorithm);
        var pem = File.ReadAllText(folder.MakeNext(algorithm, "site/gw", asRequest: true, code: "K7-3319"));
        var info = KeyCertificates.PublicKeyOfRequest(pem);
        Assert.NotNull(info);
        Assert.Contains("K7-3319", System.Text.Encoding.ASCII.GetString(Convert.FromBase64String(pem[PemEncoding.Find(pem).Base64Data])), StringComparison.Ordinal);
        Assert.Null(KeyCertificates.PublicKeyOfRequest(pem.Replace(pem[120], pem[120] == 'A' ? 'B' : 'A')));
    }

    [Fact]
    public void An_issued_certificate_brings_the_requested_key_into_force()
    {
        var old = Assert.Single(Open());
        using var folder = Folder();
        var request = folder.MakeNext("ES256", "site/gw", asRequest: true, code: null);
        Assert.Null(folder.FindNext([old]));
        Assert.Contains("replaces the old one", folder.Accept(Issue(File.ReadAllText(request), _time.GetUtcNow().AddYears(2))), StringComparison.Ordinal);
        var next = folder.FindNext([old]);
        Assert.NotNull(next);
        Assert.True(next.IsIssued);
    }

    [Fact]
    public void A_renewed_certificate_of_the_same_key_gives_it_a_new_term()
    {
        var key = Assert.Single(Open());
        using var folder = Folder();
        Assert.Empty(folder.TakeRenewed([key]));
        var request = File.ReadAllText(folder.RequestRenewal("ES256", "site/gw", code: null));
        folder.Accept(Issue(request, _time.GetUtcNow().AddYears(2)));
        File.SetLastWriteTimeUtc(At("signing.crt"), DateTime.UnixEpoch);
        var renewed = Assert.Single(folder.TakeRenewed([key]));
        Assert.Equal((key.KeyId, true), (renewed.KeyId, renewed.IsIssued));
    }

    [Fact]
    public void A_certificate_of_another_key_is_refused_with_both_key_ids()
    {
        var key = Assert.Single(Open());
        using var folder = Folder();
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var foreign = Issue(KeyCertificates.SigningRequest(other, "site/gw", null), _time.GetUtcNow().AddYears(2));
        var refused = Assert.Throws<SigningKeyException>(() => folder.Accept(foreign));
        Assert.Contains(key.KeyId, refused.Message, StringComparison.Ordinal);
        Assert.Contains(Es256Signer.KeyIdOf(other), refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_that_has_ended_is_refused()
    {
        Open();
        using var folder = Folder();
        var request = File.ReadAllText(folder.RequestRenewal("ES256", "site/gw", code: null));
        Assert.Contains("ended on", Assert.Throws<SigningKeyException>(() => folder.Accept(Issue(request, _time.GetUtcNow().AddDays(-1)))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_new_key_does_not_push_the_first_one_away()
    {
        Open();
        using var folder = Folder();
        folder.MakeNext("ES256", "site/gw", asRequest: true, code: null);
        Assert.Contains("waits already", Assert.Throws<SigningKeyException>(() => folder.MakeNext("ES256", "site/gw", asRequest: false, code: null)).Message, StringComparison.Ordinal);
        Assert.True(folder.Discard());
        folder.MakeNext("ES256", "site/gw", asRequest: false, code: null);
    }

    private static void Sign(SigningKey key) => key.Sign("a"u8, "b"u8, new byte[SignatureAlgorithm.SignatureSize]);

    private IReadOnlyList<SigningKey> Open(string algorithm = "ES256")
    {
        using var folder = Folder(algorithm);
        return folder.Open("site/gw", "", []);
    }

    private KeyFolder Folder(string algorithm = "ES256") => new(_folder.Path, KeyOrder.Usual with { Algorithms = [algorithm] }, _time);

    private string At(string name) => Path.Combine(_folder.Path, name);

    /// <summary>What an authority makes of a request.</summary>
    private byte[] Issue(string request, DateTimeOffset until)
    {
        using var authority = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var loaded = CertificateRequest.LoadSigningRequestPem(request, HashAlgorithmName.SHA256);
        using var certificate = loaded.Create(new X500DistinguishedName("CN=authority"), X509SignatureGenerator.CreateForECDsa(authority), _time.GetUtcNow().AddDays(-30), until, [1, 2, 3]);
        return certificate.Export(X509ContentType.Cert);
    }
}
