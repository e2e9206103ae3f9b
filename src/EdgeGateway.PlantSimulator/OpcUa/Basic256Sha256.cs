using System.Security.Cryptography;

namespace EdgeGateway.PlantSimulator.OpcUa;

/// <summary>The algorithms of the one policy that this server speaks (OPC 10000-7, Basic256Sha256).</summary>
internal static class Basic256Sha256
{
    public const string Uri = "http://opcfoundation.org/UA/SecurityPolicy#Basic256Sha256";
    public const string SignatureAlgorithm = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
    public const string EncryptionAlgorithm = "http://www.w3.org/2001/04/xmlenc#rsa-oaep";
    public const int NonceBytes = 32;
    public const int SignatureBytes = 32;
    public const int CipherBlock = 16;
    private const int OaepBytes = 42;

    public static byte[] Sign(RSA key, ReadOnlySpan<byte> data) => key.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    public static bool IsSignedBy(RSA key, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) => key.VerifyData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    /// <summary>Bytes of plain text in one block of this key.</summary>
    public static int PlainBlock(RSA key) => key.KeySize / 8 - OaepBytes;

    public static byte[] Encrypt(RSA key, ReadOnlySpan<byte> plain)
    {
        var (from, to) = (PlainBlock(key), key.KeySize / 8);
        var cipher = new byte[plain.Length / from * to];
        for (var block = 0; block < plain.Length / from; block++)
            key.Encrypt(plain.Slice(block * from, from), cipher.AsSpan(block * to, to), RSAEncryptionPadding.OaepSHA1);
        return cipher;
    }

    /// <summary>Every failure is the same one: who guesses learns nothing.</summary>
    public static byte[] Decrypt(RSA key, ReadOnlySpan<byte> cipher)
    {
        var block = key.KeySize / 8;
        if (cipher.Length == 0 || cipher.Length % block != 0) throw Unreadable();
        var plain = new byte[cipher.Length];
        var length = 0;
        try
        {
            for (var at = 0; at < cipher.Length; at += block) length += key.Decrypt(cipher.Slice(at, block), plain.AsSpan(length), RSAEncryptionPadding.OaepSHA1);
        }
        catch (CryptographicException)
        {
            throw Unreadable();
        }
        return plain[..length];
    }

    /// <summary>The keys of one direction: P_SHA256 of RFC 5246, section 5, without a label.</summary>
    public static ChannelKeys Derive(byte[] secret, byte[] seed)
    {
        var made = new byte[96];
        var a = seed;
        for (var at = 0; at < made.Length; at += 32)
        {
            a = HMACSHA256.HashData(secret, a);
            HMACSHA256.HashData(secret, (byte[])[.. a, .. seed]).CopyTo(made, at);
        }
        return new(made[..32], made[32..64], made[64..80]);
    }

    private static UaFault Unreadable() => new(UaStatus.BadSecurityChecksFailed, "not encrypted for this server");
}
