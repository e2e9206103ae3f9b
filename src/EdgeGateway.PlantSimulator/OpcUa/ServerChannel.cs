using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EdgeGateway.PlantSimulator.OpcUa;

/// <summary>
/// The server's end of a secure channel (OPC 10000-6, 6.7): takes chunks apart and makes them, checks signatures and sequence numbers, renews tokens. One thread receives, another sends.
/// </summary>
/// <param name="id">Unique among the server's channels.</param>
/// <param name="identity">Whose key.</param>
/// <param name="settings">Which policies.</param>
/// <param name="time">The clock of tokens.</param>
internal sealed class ServerChannel(uint id, ServerIdentity identity, ServerSettings settings, TimeProvider time) : IDisposable
{
    private const int Head = 16;
    private const int Sequence = 8;
    private readonly Lock _lock = new();
    private X509Certificate2? _client;
    private RSA? _clientKey;
    private ChannelToken? _current;
    private ChannelToken? _next;
    private uint _received;
    private uint _sent;
    private uint _tokens;

    public uint Id => id;

    public string PolicyUri { get; private set; } = NonePolicy;

    public ChannelMode Mode { get; private set; } = ChannelMode.None;

    /// <summary>DER; null on a channel without security.</summary>
    public byte[]? ClientCertificate => _client?.RawData;

    public RSA? ClientKey => _clientKey;

    public ServerIdentity Identity => identity;

    public bool IsOpen => _current is not null;

    public bool IsSecure => PolicyUri == Basic256Sha256.Uri;

    /// <summary>No token is valid any more.</summary>
    public bool IsOver
    {
        get
        {
            lock (_lock) return _current is { } token && token.IsOver(time) && _next is null;
        }
    }

    public static string NonePolicy => "http://opcfoundation.org/UA/SecurityPolicy#None";

    /// <summary>Takes the chunk that opens or renews the channel apart.</summary>
    public (uint RequestId, UaDecoder Body) ReadOpen(byte[] chunk)
    {
        var reader = new UaDecoder(chunk.AsMemory(8));
        var channel = reader.ReadUInt32();
        if (channel != (IsOpen ? id : 0)) throw new UaFault(UaStatus.BadSecureChannelIdInvalid, $"channel {channel}, expected {(IsOpen ? id : 0)}");
        var (policy, certificate, receiver) = (reader.ReadString() ?? "", reader.ReadBytes(), reader.ReadBytes());
        Agree(policy, certificate, receiver);
        var head = 8 + reader.Position;
        return Read(IsSecure ? Unprotect(chunk, head) : chunk[head..]);
    }

    /// <summary>Takes a chunk of a message apart.</summary>
    public (uint RequestId, UaDecoder Body) ReadMessage(byte[] chunk)
    {
        var reader = new UaDecoder(chunk.AsMemory(8));
        if (reader.ReadUInt32() is var channel && channel != id) throw new UaFault(UaStatus.BadSecureChannelIdInvalid, $"channel {channel}, expected {id}");
        var token = TokenOf(reader.ReadUInt32());
        if (token.Incoming is not { } keys) return Read(chunk[Head..]);
        if (Mode == ChannelMode.SignAndEncrypt)
        {
            if ((chunk.Length - Head) % Basic256Sha256.CipherBlock != 0) throw Refused();
            keys.Decrypt(chunk.AsSpan(Head));
        }
        if (chunk.Length < Head + Sequence + Basic256Sha256.SignatureBytes || !keys.IsSigned(chunk)) throw Refused();
        var end = chunk.Length - Basic256Sha256.SignatureBytes;
        if (Mode == ChannelMode.SignAndEncrypt) end -= 1 + chunk[end - 1];
        return end < Head + Sequence ? throw Refused() : Read(chunk[Head..end]);
    }

    /// <summary>What the client asked for, agreed: the body of the answer, and from now on a new token.</summary>
    public void Grant(UaDecoder request, UaEncoder answer)
    {
        request.ReadUInt32();
        var isRenewal = request.ReadUInt32() == 1;
        if (isRenewal != IsOpen) throw new UaFault(UaStatus.BadRequestTypeInvalid, isRenewal ? "renewed before it was opened" : "opened twice");
        var mode = (ChannelMode)request.ReadUInt32();
        if (IsSecure ? mode is not (ChannelMode.Sign or ChannelMode.SignAndEncrypt) : mode != ChannelMode.None) throw new UaFault(UaStatus.BadSecurityModeRejected, $"mode {mode} with {PolicyUri}");
        if (isRenewal && mode != Mode) throw new UaFault(UaStatus.BadSecurityModeRejected, "a renewal changes the mode");
        var clientNonce = request.ReadBytes() ?? [];
        if (IsSecure && clientNonce.Length != Basic256Sha256.NonceBytes) throw new UaFault(UaStatus.BadNonceInvalid, $"a nonce of {clientNonce.Length} bytes");
        var lifetime = Math.Min(Math.Max(request.ReadUInt32(), 1000), settings.MaxTokenLifetime);
        var nonce = IsSecure ? RandomNumberGenerator.GetBytes(Basic256Sha256.NonceBytes) : null;
        lock (_lock)
        {
            Mode = mode;
            var token = new ChannelToken(++_tokens, nonce is null ? null : Basic256Sha256.Derive(nonce, clientNonce), nonce is null ? null : Basic256Sha256.Derive(clientNonce, nonce),
                TimeSpan.FromMilliseconds(lifetime), time.GetTimestamp());
            if (_current is null) _current = token;
            else _next = token;
            answer.WriteUInt32(0);
            answer.WriteUInt32(id);
            answer.WriteUInt32(token.Id);
            answer.WriteInt64(time.GetUtcNow().ToFileTime());
            answer.WriteUInt32(lifetime);
            answer.WriteBytes(nonce);
        }
    }

    /// <summary>The chunk that answers <see cref="ReadOpen"/>.</summary>
    public byte[] WriteOpen(uint requestId, ReadOnlySpan<byte> body)
    {
        var head = new UaEncoder(16 * 1024);
        head.WriteRaw("OPNF\0\0\0\0"u8);
        head.WriteUInt32(id);
        head.WriteString(PolicyUri);
        head.WriteBytes(IsSecure ? identity.Certificate : null);
        head.WriteBytes(_client?.GetCertHash());
        byte[] content = [.. Numbers(requestId), .. body];
        return IsSecure ? Protect(head.Written, content) : Sized([.. head.Written, .. content]);
    }

    /// <summary>The most bytes of a message that fit one chunk.</summary>
    public int Room(int chunk) => Mode switch
    {
        ChannelMode.None => chunk - Head - Sequence,
        ChannelMode.Sign => chunk - Head - Sequence - Basic256Sha256.SignatureBytes,
        _ => (chunk - Head) / Basic256Sha256.CipherBlock * Basic256Sha256.CipherBlock - Sequence - Basic256Sha256.SignatureBytes - 1,
    };

    /// <summary>A chunk of an answer.</summary>
    /// <param name="part"><c>C</c> if others follow, <c>F</c> for the last.</param>
    /// <param name="requestId">The request's.</param>
    /// <param name="body">At most <see cref="Room"/> bytes.</param>
    public byte[] WriteMessage(char part, uint requestId, ReadOnlySpan<byte> body)
    {
        ChannelToken token;
        lock (_lock) token = _current ?? throw new InvalidOperationException("an answer without a channel");
        var isEncrypted = Mode == ChannelMode.SignAndEncrypt;
        var signature = token.Outgoing is null ? 0 : Basic256Sha256.SignatureBytes;
        var padding = isEncrypted ? Basic256Sha256.CipherBlock - 1 - (Sequence + body.Length + signature) % Basic256Sha256.CipherBlock : 0;
        var chunk = new byte[Head + Sequence + body.Length + (isEncrypted ? 1 + padding : 0) + signature];
        "MSG"u8.CopyTo(chunk);
        chunk[3] = (byte)part;
        BinaryPrimitives.WriteUInt32LittleEndian(chunk.AsSpan(8), id);
        BinaryPrimitives.WriteUInt32LittleEndian(chunk.AsSpan(12), token.Id);
        Sized(chunk);
        Numbers(requestId).CopyTo(chunk, Head);
        body.CopyTo(chunk.AsSpan(Head + Sequence));
        if (isEncrypted) chunk.AsSpan(Head + Sequence + body.Length, 1 + padding).Fill((byte)padding);
        token.Outgoing?.Sign(chunk);
        if (isEncrypted) token.Outgoing?.Encrypt(chunk.AsSpan(Head));
        return chunk;
    }

    public void Dispose()
    {
        _clientKey?.Dispose();
        _client?.Dispose();
    }

    private void Agree(string policy, byte[]? certificate, byte[]? receiver)
    {
        if (IsOpen)
        {
            if (policy != PolicyUri || !(certificate ?? []).AsSpan().SequenceEqual(ClientCertificate)) throw Refused();
            return;
        }
        PolicyUri = policy;
        if (policy == NonePolicy) return;
        if (policy != Basic256Sha256.Uri || !settings.HasBasic256Sha256) throw new UaFault(UaStatus.BadSecurityPolicyRejected, $"policy {policy}");
        if (!identity.Thumbprint.AsSpan().SequenceEqual(receiver)) throw new UaFault(UaStatus.BadCertificateInvalid, "encrypted for another certificate than the server's");
        try
        {
            _client = X509CertificateLoader.LoadCertificate(certificate ?? []);
        }
        catch (CryptographicException e)
        {
            throw new UaFault(UaStatus.BadCertificateInvalid, e.Message);
        }
        _clientKey = _client.GetRSAPublicKey();
        if (_clientKey is not { KeySize: >= 2048 and <= 4096 }) throw new UaFault(UaStatus.BadCertificateInvalid, "RSA with 2048 to 4096 bits is expected");
    }

    private byte[] Unprotect(byte[] chunk, int head)
    {
        var plain = Basic256Sha256.Decrypt(identity.Key, chunk.AsSpan(head));
        var key = _clientKey!; // agreed
        var signature = key.KeySize / 8;
        if (plain.Length < Sequence + 1 + signature) throw Refused();
        byte[] signed = [.. chunk.AsSpan(0, head), .. plain.AsSpan(0, plain.Length - signature)];
        if (!Basic256Sha256.IsSignedBy(key, signed, plain.AsSpan(plain.Length - signature))) throw Refused();
        var end = plain.Length - signature;
        var isLong = identity.Key.KeySize > 2048;
        // A padding of more than 255 bytes has its high byte behind it (OPC 10000-6, 6.7.2.5).
        var padding = isLong ? plain[end - 1] * 256 + plain[end - 2] + 2 : plain[end - 1] + 1;
        return end - padding < Sequence ? throw Refused() : plain[..(end - padding)];
    }

    private byte[] Protect(ReadOnlySpan<byte> head, byte[] content)
    {
        var key = _clientKey!; // agreed
        var (block, cipher, signature) = (Basic256Sha256.PlainBlock(key), key.KeySize / 8, identity.Key.KeySize / 8);
        var isLong = key.KeySize > 2048;
        var least = content.Length + 1 + (isLong ? 1 : 0) + signature;
        var padding = (block - least % block) % block;
        var filler = new byte[1 + padding + (isLong ? 1 : 0)];
        Array.Fill(filler, (byte)padding);
        if (isLong) filler[^1] = (byte)(padding >> 8);
        byte[] chunk = [.. head, .. content, .. filler];
        // The size that is signed is the one that is sent.
        BinaryPrimitives.WriteInt32LittleEndian(chunk.AsSpan(4), head.Length + (least + padding) / block * cipher);
        var signed = Basic256Sha256.Sign(identity.Key, chunk);
        return [.. chunk.AsSpan(0, head.Length), .. Basic256Sha256.Encrypt(key, (byte[])[.. chunk.AsSpan(head.Length), .. signed])];
    }

    private (uint RequestId, UaDecoder Body) Read(byte[] content)
    {
        var reader = new UaDecoder(content);
        var (number, requestId) = (reader.ReadUInt32(), reader.ReadUInt32());
        var isNext = number == unchecked(_received + 1) || (_received > uint.MaxValue - 1024 && number < 1024) || !IsOpen;
        if (!isNext) throw new UaFault(UaStatus.BadSequenceNumberInvalid, $"sequence number {number} behind {_received}");
        _received = number;
        return (requestId, new UaDecoder(content.AsMemory(Sequence)));
    }

    private ChannelToken TokenOf(uint number)
    {
        lock (_lock)
        {
            // The first message under a new token ends the old one, for both sides.
            if (_next?.Id == number) (_current, _next) = (_next, null);
            if (_current?.Id != number || _current.IsOver(time)) throw new UaFault(UaStatus.BadSecureChannelTokenUnknown, $"token {number}");
            return _current;
        }
    }

    private byte[] Numbers(uint requestId)
    {
        var numbers = new byte[Sequence];
        _sent = _sent == uint.MaxValue - 1024 ? 1 : _sent + 1;
        BinaryPrimitives.WriteUInt32LittleEndian(numbers, _sent);
        BinaryPrimitives.WriteUInt32LittleEndian(numbers.AsSpan(4), requestId);
        return numbers;
    }

    private static byte[] Sized(byte[] chunk)
    {
        BinaryPrimitives.WriteInt32LittleEndian(chunk.AsSpan(4), chunk.Length);
        return chunk;
    }

    private static UaFault Refused() => new(UaStatus.BadSecurityChecksFailed, "signature, padding or certificate");
}
