using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Parameters;

namespace EdgeGateway.Evidence.Keys;

/// <summary>A private key that can be asked: one of ECDSA, wherever it is, or one of SM2 in memory.</summary>
internal sealed class OpenedKey : IDisposable
{
    private readonly ECDsa? _ecdsa;
    private readonly ECPrivateKeyParameters? _sm2;
    private readonly string _keptInOrUserId;

    public OpenedKey(ECDsa key, string keptIn) => (_ecdsa, _keptInOrUserId) = (key, keptIn);

    public OpenedKey(ECPrivateKeyParameters key, string userId) => (_sm2, _keptInOrUserId) = (key, userId);

    /// <summary>A signer with this key; owned by it from here on.</summary>
    public ISigner Signer() => _sm2 is not null ? new Sm2Signer(_sm2, _keptInOrUserId) : new Es256Signer(_ecdsa!, _keptInOrUserId); // one of the two is there

    /// <summary>A self-signed certificate, PEM.</summary>
    public string Certify(string subject, DateTimeOffset now) =>
        _sm2 is not null ? KeyCertificates.SelfSigned(_sm2, subject, now) : KeyCertificates.SelfSigned(_ecdsa!, subject, now);

    /// <summary>A request for a certificate, PEM.</summary>
    public string Request(string subject, string? code) =>
        _sm2 is not null ? KeyCertificates.SigningRequest(_sm2, subject, code) : KeyCertificates.SigningRequest(_ecdsa!, subject, code);

    public void Dispose() => _ecdsa?.Dispose();
}
