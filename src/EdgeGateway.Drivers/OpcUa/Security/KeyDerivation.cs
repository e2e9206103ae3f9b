using System.Security.Cryptography;

namespace EdgeGateway.Drivers.OpcUa.Security;

/// <summary>P_SHA256 of TLS 1.2 (RFC 5246, 5), without a label: how nonces become keys (OPC 10000-6, 6.7.5).</summary>
internal static class KeyDerivation
{
    public static byte[] Derive(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> seed, int count)
    {
        var derived = new byte[count];
        var step = new byte[HMACSHA256.HashSizeInBytes + seed.Length];
        var chained = HMACSHA256.HashData(secret, seed);
        seed.CopyTo(step.AsSpan(HMACSHA256.HashSizeInBytes));
        for (var at = 0; at < count; at += HMACSHA256.HashSizeInBytes)
        {
            chained.CopyTo(step, 0);
            var block = HMACSHA256.HashData(secret, step);
            block.AsSpan(0, Math.Min(block.Length, count - at)).CopyTo(derived.AsSpan(at));
            chained = HMACSHA256.HashData(secret, chained);
        }
        return derived;
    }
}
