using System.Security.Cryptography;

namespace EdgeGateway.Evidence.Keys;

/// <summary>A P-256 key whose private half is on a PKCS#11 token: the platform's certificate requests and our lines are signed by it as by any other key.</summary>
internal sealed class TokenKey(Pkcs11Token token, string id, ECPoint point) : ECDsa
{
    private readonly ECDsa _public = Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = point });

    public override int KeySize
    {
        get => 256;
        set => throw new NotSupportedException("the size of a key on a token is fixed");
    }

    /// <exception cref="KeyUnavailableException">The token cannot be reached.</exception>
    public override byte[] SignHash(byte[] hash) => token.Sign(id, hash);

    public override bool VerifyHash(byte[] hash, byte[] signature) => _public.VerifyHash(hash, signature);

    public override ECParameters ExportParameters(bool includePrivateParameters) =>
        includePrivateParameters ? throw new CryptographicException("the private key cannot leave its token") : _public.ExportParameters(false);

    public override byte[] ExportSubjectPublicKeyInfo() => _public.ExportSubjectPublicKeyInfo();

    protected override void Dispose(bool disposing)
    {
        if (disposing) _public.Dispose();
        base.Dispose(disposing);
    }
}
