using System.Security.Cryptography;
using EdgeGateway.Evidence.Keys;
using Org.BouncyCastle.Crypto.Parameters;

namespace EdgeGateway.Evidence;

/// <summary>A public key that a reader of lines trusts: ECDSA on P-256, or SM2. Not thread-safe.</summary>
internal sealed class TrustedKey : IDisposable
{
    private readonly ECDsa? _ecdsa;
    private readonly ECPublicKeyParameters? _sm2;

    private TrustedKey(ECDsa key) => (_ecdsa, Algorithm, KeyId) = (key, SignatureAlgorithm.Es256, Es256Signer.KeyIdOf(key));

    private TrustedKey(ECPublicKeyParameters key) =>
        (_sm2, Algorithm, KeyId) = (key, SignatureAlgorithm.Sm2Sm3, Es256Signer.KeyIdOf(Sm2Curve.PublicKeyInfo(key)));

    /// <summary>The only <c>alg</c> it is good for.</summary>
    public string Algorithm { get; }

    /// <summary><c>kid</c>.</summary>
    public string KeyId { get; }

    /// <summary>Owns <paramref name="key"/> from here on; it must be on P-256.</summary>
    public static TrustedKey Of(ECDsa key) => new(key);

    /// <summary>Reads a SubjectPublicKeyInfo (DER); null if it is neither ECDSA on P-256 nor SM2.</summary>
    public static TrustedKey? From(byte[] publicKeyInfo)
    {
        if (Sm2Curve.PublicFrom(publicKeyInfo) is { } sm2) return new TrustedKey(sm2);
        var key = ECDsa.Create();
        try
        {
            key.ImportSubjectPublicKeyInfo(publicKeyInfo, out var read);
            if (read == publicKeyInfo.Length && IsOnP256(key)) return new TrustedKey(key);
        }
        catch (CryptographicException)
        {
            // Another kind of key, or none.
        }
        key.Dispose();
        return null;
    }

    /// <summary>True if the signature is one of 64 bytes and belongs to the payload.</summary>
    public bool Verifies(in EnvelopeSignature signature, ReadOnlySpan<byte> payload)
    {
        if (signature.Signature.Length != SignatureAlgorithm.SignatureSize) return false;
        if (_sm2 is not null) return Sm2Signer.Verifies(_sm2, signature, payload);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        Es256Signer.Digest(signature.Protected.Span, payload, digest);
        return _ecdsa!.VerifyHash(digest, signature.Signature, DSASignatureFormat.IeeeP1363FixedFieldConcatenation); // one of the two is there
    }

    public static bool IsOnP256(ECDsa key)
    {
        var curve = key.ExportParameters(includePrivateParameters: false).Curve;
        return curve.IsNamed && curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value;
    }

    public void Dispose() => _ecdsa?.Dispose();
}
