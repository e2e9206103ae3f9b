using System.Security.Cryptography;

namespace EdgeGateway.Drivers.OpcUa.Security;

/// <summary>The keys of one direction under one token.</summary>
internal sealed class SymmetricKeys : IDisposable
{
    private readonly byte[] _signingKey;
    private readonly byte[] _initial;
    private readonly Aes _aes;

    /// <param name="policy">Not None.</param>
    /// <param name="secret">The nonce of who receives.</param>
    /// <param name="seed">The nonce of who sends.</param>
    public SymmetricKeys(SecurityPolicy policy, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> seed)
    {
        const int signing = SecurityPolicy.SignatureBytes;
        var derived = KeyDerivation.Derive(secret, seed, signing + policy.EncryptionKeyBytes + SecurityPolicy.BlockBytes);
        _signingKey = derived[..signing];
        _initial = derived[(signing + policy.EncryptionKeyBytes)..];
        _aes = Aes.Create();
        _aes.Key = derived[signing..(signing + policy.EncryptionKeyBytes)];
        CryptographicOperations.ZeroMemory(derived);
    }

    public void Sign(ReadOnlySpan<byte> bytes, Span<byte> signature) => HMACSHA256.HashData(_signingKey, bytes, signature);

    public bool Verify(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> signature)
    {
        Span<byte> expected = stackalloc byte[SecurityPolicy.SignatureBytes];
        Sign(bytes, expected);
        return CryptographicOperations.FixedTimeEquals(expected, signature);
    }

    /// <summary>Encrypts whole blocks in place.</summary>
    public void Encrypt(Span<byte> bytes) => _aes.EncryptCbc(bytes, _initial, bytes, PaddingMode.None);

    /// <summary>Decrypts whole blocks in place.</summary>
    public void Decrypt(Span<byte> bytes) => _aes.DecryptCbc(bytes, _initial, bytes, PaddingMode.None);

    public void Dispose()
    {
        _aes.Dispose();
        CryptographicOperations.ZeroMemory(_signingKey);
    }
}
