using System.Security.Cryptography;
using EdgeGateway.Evidence;

namespace EdgeGateway.Tests.Evidence;

/// <summary>A signing key that is there or not, as the test says; a token in miniature.</summary>
internal sealed class AbsentKey : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public AbsentKey(string keptIn = "file") => Key = new SigningKey("ES256", Es256Signer.KeyIdOf(_key), null, keptIn, Open)
    {
        PublicKeyInfo = _key.ExportSubjectPublicKeyInfo(),
    };

    /// <summary>Whether it is there. A signer that is open already stays open, as a key in memory does.</summary>
    public bool IsThere { get; set; }

    public SigningKey Key { get; }

    /// <summary>What a receiver trusts.</summary>
    public TrustedKeys Trusted()
    {
        var keys = new TrustedKeys();
        keys.Add(ECDsa.Create(_key.ExportParameters(includePrivateParameters: false)));
        return keys;
    }

    public void Dispose() => _key.Dispose();

    private Es256Signer Open() => IsThere ? new Es256Signer(_key, Key.KeptIn) : throw new KeyUnavailableException("the test has taken the key away");
}
