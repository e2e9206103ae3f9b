using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EdgeGateway.Drivers.OpcUa.Security;

/// <summary>What certificates and revocation lists have in common: content, algorithm, signature (RFC 5280, 4.1 and 5.1). No network is ever asked.</summary>
internal readonly struct SignedDer
{
    private readonly ReadOnlyMemory<byte> _content;
    private readonly string _algorithm;
    private readonly byte[] _signature;

    /// <exception cref="AsnContentException">The bytes are no such thing.</exception>
    public SignedDer(ReadOnlyMemory<byte> der)
    {
        var outer = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
        _content = outer.ReadEncodedValue();
        _algorithm = outer.ReadSequence().ReadObjectIdentifier();
        _signature = outer.ReadBitString(out _);
    }

    /// <summary>True if <paramref name="issuer"/> signed this, with RSA and SHA-256 or better.</summary>
    public bool IsSignedBy(X509Certificate2 issuer)
    {
        HashAlgorithmName? hash = _algorithm switch
        {
            "1.2.840.113549.1.1.11" => HashAlgorithmName.SHA256,
            "1.2.840.113549.1.1.12" => HashAlgorithmName.SHA384,
            "1.2.840.113549.1.1.13" => HashAlgorithmName.SHA512,
            _ => null,
        };
        using var key = issuer.GetRSAPublicKey();
        return hash is { } known && key is not null && key.VerifyData(_content.Span, _signature, known, RSASignaturePadding.Pkcs1);
    }
}
