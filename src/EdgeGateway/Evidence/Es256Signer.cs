using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace EdgeGateway.Evidence;

/// <summary>ECDSA on P-256 with SHA-256 (RFC 7518 §3.4), wherever the key is.</summary>
/// <param name="key">In memory, or one that asks a token.</param>
/// <param name="keptIn">How it is kept, as the birth says it.</param>
internal sealed class Es256Signer(ECDsa key, string keptIn = SigningKeyFile.KeptIn) : ISigner
{
    /// <summary>r‖s.</summary>
    public const int SignatureSize = SignatureAlgorithm.SignatureSize;

    private readonly Lock _gate = new();

    public string Algorithm => SignatureAlgorithm.Es256;

    public string? UserId => null;

    public bool IsInstant => keptIn == SigningKeyFile.KeptIn;

    public string KeyId { get; } = KeyIdOf(key);

    public string KeptIn => keptIn;

    /// <summary>base64url SHA-256 of the key's SubjectPublicKeyInfo.</summary>
    public static string KeyIdOf(AsymmetricAlgorithm key) => KeyIdOf(key.ExportSubjectPublicKeyInfo());

    /// <summary>base64url SHA-256 of a SubjectPublicKeyInfo (DER).</summary>
    public static string KeyIdOf(ReadOnlySpan<byte> publicKeyInfo) => Encoding.ASCII.GetString(Base64Url.EncodeToUtf8(SHA256.HashData(publicKeyInfo)));

    public void Sign(ReadOnlySpan<byte> protectedHeader, ReadOnlySpan<byte> payload, Span<byte> signature)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        Digest(protectedHeader, payload, digest);
        // ECDsa instances are not documented to be thread-safe.
        lock (_gate)
        {
            try
            {
                if (!key.TrySignHash(digest, signature, DSASignatureFormat.IeeeP1363FixedFieldConcatenation, out var written) || written != SignatureSize)
                    throw new CryptographicException($"ES256 signature of {written} bytes, expected {SignatureSize}");
            }
            catch (CryptographicException e)
            {
                throw Unavailable(e);
            }
        }
    }

    /// <summary>SHA-256 of the signed bytes (docs/wire.md §1).</summary>
    public static void Digest(ReadOnlySpan<byte> protectedHeader, ReadOnlySpan<byte> payload, Span<byte> digest)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(protectedHeader);
        hash.AppendData("."u8);
        hash.AppendData(payload);
        hash.GetHashAndReset(digest);
    }

    private KeyUnavailableException Unavailable(CryptographicException e) => new($"the key {KeyId} cannot sign: {e.Message}", e);

    public void Dispose() => key.Dispose();
}
