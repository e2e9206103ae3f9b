using System.Security.Cryptography;

namespace EdgeGateway.PlantSimulator.OpcUa;

/// <summary>What protects the messages of one direction under one token.</summary>
internal sealed class ChannelKeys(byte[] signing, byte[] encrypting, byte[] vector)
{
    public void Sign(Span<byte> chunk) => HMACSHA256.HashData(signing, chunk[..^Basic256Sha256.SignatureBytes], chunk[^Basic256Sha256.SignatureBytes..]);

    public bool IsSigned(ReadOnlySpan<byte> chunk) =>
        CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(signing, chunk[..^Basic256Sha256.SignatureBytes]), chunk[^Basic256Sha256.SignatureBytes..]);

    public void Encrypt(Span<byte> blocks)
    {
        using var aes = Cipher();
        aes.EncryptCbc(blocks, vector, blocks, PaddingMode.None);
    }

    public void Decrypt(Span<byte> blocks)
    {
        using var aes = Cipher();
        aes.DecryptCbc(blocks, vector, blocks, PaddingMode.None);
    }

    private Aes Cipher()
    {
        var aes = Aes.Create();
        aes.Key = encrypting;
        return aes;
    }
}
