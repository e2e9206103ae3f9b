using System.Security.Cryptography;

namespace EdgeGateway.Drivers.OpcUa.Security;

/// <summary>
/// The algorithms of one security policy (OPC 10000-7). Only these are spoken; the policies built on SHA-1 signatures are refused by not being here.
/// </summary>
internal sealed class SecurityPolicy
{
    private const string Prefix = "http://opcfoundation.org/UA/SecurityPolicy#";
    private const string RsaSha256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
    private const string OaepSha1 = "http://www.w3.org/2001/04/xmlenc#rsa-oaep";

    public static readonly SecurityPolicy None = new("None", 0) { SignaturePadding = RSASignaturePadding.Pkcs1, EncryptionPadding = RSAEncryptionPadding.OaepSHA1 };

    public static readonly SecurityPolicy Basic256Sha256 = new("Basic256Sha256", 2)
    {
        SignaturePadding = RSASignaturePadding.Pkcs1,
        SignatureAlgorithm = RsaSha256,
        EncryptionPadding = RSAEncryptionPadding.OaepSHA1,
        EncryptionAlgorithm = OaepSha1,
        EncryptionOverhead = 42,
        EncryptionKeyBytes = 32,
    };

    public static readonly SecurityPolicy Aes128Sha256RsaOaep = new("Aes128_Sha256_RsaOaep", 1)
    {
        SignaturePadding = RSASignaturePadding.Pkcs1,
        SignatureAlgorithm = RsaSha256,
        EncryptionPadding = RSAEncryptionPadding.OaepSHA1,
        EncryptionAlgorithm = OaepSha1,
        EncryptionOverhead = 42,
        EncryptionKeyBytes = 16,
    };

    public static readonly SecurityPolicy Aes256Sha256RsaPss = new("Aes256_Sha256_RsaPss", 3)
    {
        SignaturePadding = RSASignaturePadding.Pss,
        SignatureAlgorithm = "http://opcfoundation.org/UA/security/rsa-pss-sha2-256",
        EncryptionPadding = RSAEncryptionPadding.OaepSHA256,
        EncryptionAlgorithm = "http://opcfoundation.org/UA/security/rsa-oaep-sha2-256",
        EncryptionOverhead = 66,
        EncryptionKeyBytes = 32,
    };

    /// <summary>RSA keys of all policies are at least and at most this long.</summary>
    public const int MinKeyBits = 2048;

    /// <inheritdoc cref="MinKeyBits"/>
    public const int MaxKeyBits = 4096;

    /// <summary>Bytes of an HMAC-SHA256, of its key, and of the nonces of a channel.</summary>
    public const int SignatureBytes = 32;

    /// <summary>Bytes of an AES block and of its initialisation vector.</summary>
    public const int BlockBytes = 16;

    private SecurityPolicy(string name, int strength)
    {
        Name = name;
        Uri = Prefix + name;
        Strength = strength;
    }

    public static IReadOnlyList<SecurityPolicy> All { get; } = [None, Aes128Sha256RsaOaep, Basic256Sha256, Aes256Sha256RsaPss];

    /// <summary>The part of the URI behind <c>#</c>.</summary>
    public string Name { get; }

    public string Uri { get; }

    /// <summary>Larger is stronger.</summary>
    public int Strength { get; }

    public bool IsNone => Strength == 0;

    public required RSASignaturePadding SignaturePadding { get; init; }

    /// <summary>The URI in signature data; null for None.</summary>
    public string? SignatureAlgorithm { get; private init; }

    public required RSAEncryptionPadding EncryptionPadding { get; init; }

    /// <summary>The URI beside an encrypted password; null for None.</summary>
    public string? EncryptionAlgorithm { get; private init; }

    /// <summary>Bytes of an RSA block that cannot carry anything.</summary>
    public int EncryptionOverhead { get; private init; }

    /// <summary>Bytes of the AES key.</summary>
    public int EncryptionKeyBytes { get; private init; }

    /// <summary>The policy of this URI, or null if it is none that is spoken here.</summary>
    public static SecurityPolicy? Find(string? uri) => All.FirstOrDefault(policy => policy.Uri == uri);

    public byte[] Sign(ReadOnlySpan<byte> bytes, RSA privateKey) => privateKey.SignData(bytes, HashAlgorithmName.SHA256, SignaturePadding);

    public bool Verify(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> signature, RSA publicKey) =>
        publicKey.VerifyData(bytes, signature, HashAlgorithmName.SHA256, SignaturePadding);

    /// <summary>Bytes that one RSA block of <paramref name="key"/> carries.</summary>
    public int PlainBlockBytes(RSA key) => (key.KeySize / 8) - EncryptionOverhead;

    /// <summary>Encrypts block by block; the length must be whole blocks unless <paramref name="lastMayBeShort"/>.</summary>
    public byte[] Encrypt(ReadOnlySpan<byte> plain, RSA publicKey, bool lastMayBeShort = false)
    {
        var (plainBlock, cipherBlock) = (PlainBlockBytes(publicKey), publicKey.KeySize / 8);
        if (!lastMayBeShort && plain.Length % plainBlock != 0) throw new ArgumentException("not whole blocks", nameof(plain));
        var cipher = new byte[(plain.Length + plainBlock - 1) / plainBlock * cipherBlock];
        for (var (from, to) = (0, 0); from < plain.Length; from += plainBlock, to += cipherBlock)
            publicKey.Encrypt(plain.Slice(from, Math.Min(plainBlock, plain.Length - from)), cipher.AsSpan(to), EncryptionPadding);
        return cipher;
    }

    /// <summary>Decrypts block by block.</summary>
    /// <exception cref="CryptographicException">It was not encrypted for this key.</exception>
    public byte[] Decrypt(ReadOnlySpan<byte> cipher, RSA privateKey)
    {
        var cipherBlock = privateKey.KeySize / 8;
        if (cipher.Length == 0 || cipher.Length % cipherBlock != 0) throw new CryptographicException("not whole blocks");
        var plain = new byte[cipher.Length];
        var count = 0;
        for (var from = 0; from < cipher.Length; from += cipherBlock)
            count += privateKey.Decrypt(cipher.Slice(from, cipherBlock), plain.AsSpan(count), EncryptionPadding);
        return plain[..count];
    }
}
