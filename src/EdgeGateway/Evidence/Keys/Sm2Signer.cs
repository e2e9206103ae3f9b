using System.Text;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;

namespace EdgeGateway.Evidence.Keys;

/// <summary>SM2 with SM3 (GB/T 32918.2) with a key in memory. About 2.5 ms a signature: software, not a certified module.</summary>
internal sealed class Sm2Signer : ISigner
{
    private readonly SM2Signer _signer = new(PlainDsaEncoding.Instance);
    private readonly Lock _gate = new();

    public Sm2Signer(ECPrivateKeyParameters key, string userId)
    {
        UserId = userId;
        KeyId = Es256Signer.KeyIdOf(Sm2Curve.PublicKeyInfo(Sm2Curve.PublicOf(key)));
        _signer.Init(forSigning: true, new ParametersWithID(key, Encoding.ASCII.GetBytes(userId)));
    }

    public string Algorithm => SignatureAlgorithm.Sm2Sm3;

    public string KeyId { get; }

    public string UserId { get; }

    public string KeptIn => SigningKeyFile.KeptIn;

    public bool IsInstant => true;

    public void Sign(ReadOnlySpan<byte> protectedHeader, ReadOnlySpan<byte> payload, Span<byte> signature)
    {
        lock (_gate)
        {
            _signer.Reset();
            _signer.BlockUpdate(protectedHeader);
            _signer.Update((byte)'.');
            _signer.BlockUpdate(payload);
            _signer.GenerateSignature().CopyTo(signature);
        }
    }

    /// <summary>True if the 64 bytes r‖s belong to the signed bytes of docs/wire.md §1.</summary>
    public static bool Verifies(ECPublicKeyParameters key, in EnvelopeSignature signature, ReadOnlySpan<byte> payload)
    {
        var verifier = new SM2Signer(PlainDsaEncoding.Instance);
        verifier.Init(forSigning: false, new ParametersWithID(key, Encoding.ASCII.GetBytes(signature.UserId)));
        verifier.BlockUpdate(signature.Protected.Span);
        verifier.Update((byte)'.');
        verifier.BlockUpdate(payload);
        try
        {
            return verifier.VerifySignature(signature.Signature);
        }
        catch (CryptoException)
        {
            return false; // not a pair of numbers that any key could have made
        }
    }

    public void Dispose()
    {
        // A key in managed memory: nothing to let go of.
    }
}
