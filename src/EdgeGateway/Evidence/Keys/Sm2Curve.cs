using Org.BouncyCastle.Asn1.GM;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Pkcs;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;

namespace EdgeGateway.Evidence.Keys;

/// <summary>SM2 keys on the recommended curve (GB/T 32918.5), to and from their standard encodings.</summary>
internal static class Sm2Curve
{
    /// <summary>A new private key.</summary>
    public static ECPrivateKeyParameters Create()
    {
        var generator = GeneratorUtilities.GetKeyPairGenerator("EC");
        generator.Init(new ECKeyGenerationParameters(GMObjectIdentifiers.sm2p256v1, new SecureRandom()));
        return (ECPrivateKeyParameters)generator.GenerateKeyPair().Private;
    }

    /// <summary>Reads PKCS#8 (DER).</summary>
    /// <exception cref="ArgumentException">It is not an SM2 private key.</exception>
    public static ECPrivateKeyParameters PrivateFrom(byte[] pkcs8)
    {
        try
        {
            if (PrivateKeyFactory.CreateKey(pkcs8) is ECPrivateKeyParameters key && GMObjectIdentifiers.sm2p256v1.Equals(key.PublicKeyParamSet)) return key;
        }
        catch (Exception e) when (e is IOException or SecurityUtilityException or InvalidCastException or ArgumentException)
        {
            throw new ArgumentException($"not an SM2 private key: {e.Message}", e);
        }
        throw new ArgumentException("not a private key on the SM2 curve");
    }

    /// <summary>Reads a SubjectPublicKeyInfo; null if it is none of SM2.</summary>
    public static ECPublicKeyParameters? PublicFrom(byte[] publicKeyInfo)
    {
        try
        {
            return PublicKeyFactory.CreateKey(publicKeyInfo) is ECPublicKeyParameters key && GMObjectIdentifiers.sm2p256v1.Equals(key.PublicKeyParamSet) ? key : null;
        }
        catch (Exception e) when (e is IOException or SecurityUtilityException or InvalidCastException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>The public half.</summary>
    public static ECPublicKeyParameters PublicOf(ECPrivateKeyParameters key) =>
        new("EC", key.Parameters.G.Multiply(key.D).Normalize(), GMObjectIdentifiers.sm2p256v1);

    /// <summary>SubjectPublicKeyInfo (DER), the point uncompressed.</summary>
    public static byte[] PublicKeyInfo(ECPublicKeyParameters key) => SubjectPublicKeyInfoFactory.CreateSubjectPublicKeyInfo(key).GetDerEncoded();

    /// <summary>PKCS#8 (DER), unencrypted.</summary>
    public static byte[] ToPkcs8(ECPrivateKeyParameters key) => PrivateKeyInfoFactory.CreatePrivateKeyInfo(key).GetDerEncoded();
}
