using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EdgeGateway.Drivers.OpcUa.Encoding;
using EdgeGateway.Drivers.OpcUa.Transport;

namespace EdgeGateway.Drivers.OpcUa.Security;

/// <summary>The chunks that open a channel: signed by the sender and encrypted for the receiver, by their certificates (OPC 10000-6, 6.7.2.3).</summary>
internal static class AsymmetricChunks
{
    private const int ChannelHeaderBytes = 12;
    private const int SequenceBytes = 8;

    // Keys of more than 256 bytes need a second byte for the length of the padding.
    private const int LongKeyBits = 2048;

    /// <summary>Writes one whole message; it is always short enough for one chunk.</summary>
    public static byte[] Write(SecurityPolicy policy, X509Certificate2? sender, X509Certificate2? receiver, uint channelId, uint sequence, uint requestId, ReadOnlySpan<byte> body)
    {
        var writer = new UaWriter((int)TransportLimits.LeastBytes);
        writer.WriteRaw(stackalloc byte[ChunkHeader.Length]);
        writer.WriteUInt32(channelId);
        writer.WriteString(policy.Uri);
        writer.WriteByteString(policy.IsNone ? null : sender!.RawData); // with security both certificates are there
        writer.WriteByteString(policy.IsNone ? null : receiver!.GetCertHash());
        var headerBytes = writer.Written.Length;
        writer.WriteUInt32(sequence);
        writer.WriteUInt32(requestId);
        writer.WriteRaw(body);
        if (policy.IsNone)
        {
            var plain = writer.Written.ToArray();
            new ChunkHeader(MessageKind.OpenChannel, 'F', (uint)plain.Length).Write(plain);
            return plain;
        }
        using var signingKey = PrivateKey(sender!);
        using var receiverKey = PublicKey(receiver!);
        WritePadding(writer, writer.Written.Length - headerBytes, signingKey.KeySize / 8, receiverKey, policy);
        return SignAndEncrypt(policy, writer, headerBytes, signingKey, receiverKey);
    }

    /// <summary>Checks and opens one message that opens a channel.</summary>
    /// <param name="chunk">The whole chunk.</param>
    /// <param name="policy">The only policy that is taken.</param>
    /// <param name="receiver">Whose private key opens it.</param>
    /// <param name="sender">The only certificate that is taken as the sender's.</param>
    /// <exception cref="OpcUaException">Another policy, another certificate, or it does not fit them.</exception>
    public static (uint ChannelId, uint Sequence, uint RequestId, byte[] Body) Open(
        ReadOnlySpan<byte> chunk, SecurityPolicy policy, X509Certificate2? receiver, X509Certificate2? sender)
    {
        if (chunk.Length < ChannelHeaderBytes) throw OpcUaException.Malformed($"an OpenSecureChannel message of {chunk.Length} bytes");
        var channelId = BinaryPrimitives.ReadUInt32LittleEndian(chunk[ChunkHeader.Length..]);
        var reader = new UaReader(chunk[ChannelHeaderBytes..], DecodeLimits.Default);
        var uri = reader.ReadString();
        var certificate = reader.ReadByteString();
        var thumbprint = reader.ReadByteString();
        if (uri != policy.Uri)
            throw new OpcUaException(StatusCodes.BadSecurityPolicyRejected, $"the channel was asked for with policy {policy.Name}, the answer has \"{Printable.Text(uri)}\"");
        var headerBytes = ChannelHeaderBytes + reader.Position;
        byte[] opened;
        if (policy.IsNone) opened = chunk[headerBytes..].ToArray();
        else
        {
            // A chain may follow the sender's own certificate, which is the one that counts.
            if (!certificate.Span.StartsWith(sender!.RawData))
                throw new OpcUaException(StatusCodes.BadCertificateInvalid, "the server opened the channel with another certificate than the one that was checked for this endpoint");
            if (!thumbprint.Span.SequenceEqual(receiver!.GetCertHash()))
                throw new OpcUaException(StatusCodes.BadCertificateInvalid, "the server's answer is meant for another certificate than ours");
            opened = DecryptAndVerify(chunk, headerBytes, policy, receiver, sender);
        }
        if (opened.Length < SequenceBytes) throw OpcUaException.Malformed("an OpenSecureChannel message without a sequence header");
        return (channelId, BinaryPrimitives.ReadUInt32LittleEndian(opened), BinaryPrimitives.ReadUInt32LittleEndian(opened.AsSpan(4)), opened[SequenceBytes..]);
    }

    private static void WritePadding(UaWriter writer, int plainBytes, int signatureBytes, RSA receiverKey, SecurityPolicy policy)
    {
        var hasExtra = receiverKey.KeySize > LongKeyBits;
        var block = policy.PlainBlockBytes(receiverKey);
        var unpadded = plainBytes + 1 + (hasExtra ? 1 : 0) + signatureBytes;
        var padding = (block - (unpadded % block)) % block;
        for (var i = 0; i <= padding; i++) writer.WriteByte((byte)padding);
        if (hasExtra) writer.WriteByte((byte)(padding >> 8));
    }

    private static byte[] SignAndEncrypt(SecurityPolicy policy, UaWriter writer, int headerBytes, RSA signingKey, RSA receiverKey)
    {
        var plainBytes = writer.Written.Length - headerBytes + (signingKey.KeySize / 8);
        var length = headerBytes + (plainBytes / policy.PlainBlockBytes(receiverKey) * (receiverKey.KeySize / 8));
        var toSign = writer.Written.ToArray();
        new ChunkHeader(MessageKind.OpenChannel, 'F', (uint)length).Write(toSign); // the signature covers the length after encryption
        byte[] plain = [.. toSign.AsSpan(headerBytes), .. policy.Sign(toSign, signingKey)];
        return [.. toSign.AsSpan(0, headerBytes), .. policy.Encrypt(plain, receiverKey)];
    }

    private static byte[] DecryptAndVerify(ReadOnlySpan<byte> chunk, int headerBytes, SecurityPolicy policy, X509Certificate2 receiver, X509Certificate2 sender)
    {
        using var privateKey = PrivateKey(receiver);
        using var senderKey = PublicKey(sender);
        byte[] plain;
        try
        {
            plain = policy.Decrypt(chunk[headerBytes..], privateKey);
        }
        catch (CryptographicException e)
        {
            throw new OpcUaException(StatusCodes.BadSecurityChecksFailed, "the server's answer was not encrypted for our certificate", e);
        }
        var signatureBytes = senderKey.KeySize / 8;
        var hasExtra = privateKey.KeySize > LongKeyBits;
        var end = plain.Length - signatureBytes;
        if (end < SequenceBytes + 2) throw Untrue();
        byte[] signed = [.. chunk[..headerBytes], .. plain.AsSpan(0, end)];
        if (!policy.Verify(signed, plain.AsSpan(end), senderKey)) throw Untrue();
        var padding = hasExtra ? (plain[end - 1] << 8) | plain[end - 2] : plain[end - 1];
        end -= padding + (hasExtra ? 2 : 1);
        return end < SequenceBytes ? throw Untrue() : plain[..end];
    }

    private static OpcUaException Untrue() =>
        new(StatusCodes.BadSecurityChecksFailed, "the server's answer to OpenSecureChannel is not signed by its certificate");

    private static RSA PrivateKey(X509Certificate2 certificate) => certificate.GetRSAPrivateKey()
        ?? throw new OpcUaException(StatusCodes.BadConfigurationError, $"our certificate {certificate.Thumbprint} has no RSA private key beside it");

    private static RSA PublicKey(X509Certificate2 certificate) => certificate.GetRSAPublicKey()
        ?? throw new OpcUaException(StatusCodes.BadCertificateInvalid, $"certificate {certificate.Thumbprint} has no RSA key: policies with RSA are the only ones spoken here");
}
