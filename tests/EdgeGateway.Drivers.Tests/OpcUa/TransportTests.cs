using System.Security.Cryptography;
using EdgeGateway.Drivers.OpcUa;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;
using EdgeGateway.Drivers.OpcUa.Security;
using EdgeGateway.Drivers.OpcUa.Transport;
using FsCheck.Xunit;

namespace EdgeGateway.Drivers.Tests.OpcUa;

/// <summary>The parts of transport and security that need no peer.</summary>
public sealed class TransportTests
{
    [Theory]
    [InlineData(1u, 2u, true)]
    [InlineData(1u, 1u, false)]
    [InlineData(1u, 3u, false)]
    [InlineData(5u, 4u, false)]
    [InlineData(4294966271u, 1u, true)]
    [InlineData(4294966271u, 1023u, true)]
    [InlineData(4294966271u, 1024u, false)]
    [InlineData(4294966270u, 1u, false)]
    [InlineData(uint.MaxValue, 0u, true)]
    public void Chunks_are_numbered_one_after_the_other(uint last, uint number, bool mayFollow) => Assert.Equal(mayFollow, SequenceNumbers.MayFollow(last, number));

    [Fact]
    public void Our_numbers_jump_back_before_the_top()
    {
        Assert.Equal(1u, SequenceNumbers.Next(4294966271));
        Assert.Equal(4294966271u, SequenceNumbers.Next(4294966270));
    }

    [Theory]
    [InlineData(8191u, 65536u)]
    [InlineData(65536u, 8191u)]
    [InlineData(65537u, 65536u)]
    [InlineData(65536u, 65537u)]
    public void Buffers_outside_the_agreement_are_refused(uint receive, uint send)
    {
        var answer = Handshake.Acknowledge(new(receive, send, 0, 0));
        Assert.Throws<OpcUaException>(() => Handshake.ReadAcknowledge(answer, TransportLimits.Ours));
    }

    [Fact]
    public async Task A_chunk_longer_than_agreed_is_refused_by_its_header()
    {
        var input = new ChunkInput(new MemoryStream([.. "MSGF"u8, 0xFF, 0xFF, 0xFF, 0x7F]), 8192);
        var refused = await Assert.ThrowsAsync<OpcUaException>(async () => await input.ReadAsync(CancellationToken.None));
        Assert.Equal(StatusCodes.BadTcpMessageTooLarge, refused.Status);
    }

    [Property]
    public async Task Chunks_come_out_whole_however_the_stream_is_cut(int seed)
    {
        var random = new Random(seed);
        var chunks = Enumerable.Range(0, 20).Select(_ => Chunk(random.Next(8, 300))).ToList();
        var input = new ChunkInput(new CutStream([.. chunks.SelectMany(chunk => chunk)], random), 300);
        foreach (var chunk in chunks) Assert.Equal(chunk, (await input.ReadAsync(CancellationToken.None)).ToArray());
        var ended = await Assert.ThrowsAsync<OpcUaException>(async () => await input.ReadAsync(CancellationToken.None));
        Assert.Equal(StatusCodes.BadConnectionClosed, ended.Status);
    }

    [Fact]
    public void A_message_of_too_many_chunks_is_refused()
    {
        var assembly = new MessageAssembly(1000, 3);
        for (var chunk = 0; chunk < 3; chunk++) Assert.Null(assembly.Add(1, 'C', new byte[] { 1 }));
        Assert.Throws<OpcUaException>(() => assembly.Add(1, 'F', new byte[] { 1 }));
    }

    [Fact]
    public void A_message_of_too_many_bytes_is_refused()
    {
        var assembly = new MessageAssembly(1000, 30);
        assembly.Add(1, 'C', new byte[600]);
        Assert.Throws<OpcUaException>(() => assembly.Add(1, 'C', new byte[600]));
    }

    [Fact]
    public void Messages_may_come_between_each_other_up_to_a_bound()
    {
        var assembly = new MessageAssembly(1000, 30);
        for (var request = 1u; request <= 4; request++) assembly.Add(request, 'C', new[] { (byte)request });
        Assert.Equal([2, 9], assembly.Add(2, 'F', new byte[] { 9 })!.Value.ToArray());
        assembly.Abort(1);
        assembly.Add(5, 'C', new byte[1]);
        assembly.Add(6, 'C', new byte[1]);
        Assert.Throws<OpcUaException>(() => assembly.Add(7, 'C', new byte[1]));
    }

    [Fact]
    public void Nonces_become_keys_as_TLS_makes_them()
    {
        // The well-known vector for P_SHA256 of the TLS working group (its label and seed joined here).
        var secret = Convert.FromHexString("9BBE436BA940F017B17652849A71DB35");
        byte[] seed = [.. "test label"u8, .. Convert.FromHexString("A0BA9F936CDA311827A6F796FFD5198C")];
        Assert.StartsWith("E3F229BA727BE17B8D122620557CD453C2AAB21D07C3D495329B52D4E61EDB5A",
            Convert.ToHexString(KeyDerivation.Derive(secret, seed, 100)), StringComparison.Ordinal);
    }

    [Property]
    public void A_secured_chunk_opens_to_what_was_sent(int seed)
    {
        var random = new Random(seed);
        var policy = SecurityPolicy.All[random.Next(1, 4)];
        var mode = random.Next(2) == 0 ? MessageSecurityMode.Sign : MessageSecurityMode.SignAndEncrypt;
        using var keys = new SymmetricKeys(policy, RandomNumberGenerator.GetBytes(32), RandomNumberGenerator.GetBytes(32));
        using var token = new ChannelToken(7, 8, 0, TimeSpan.FromHours(1), mode, null, null);
        var chunk = new byte[8192];
        var body = new byte[random.Next(SymmetricChunks.MaxBody(chunk.Length, mode) + 1)];
        random.NextBytes(body);
        var length = SymmetricChunks.Write(chunk, MessageKind.Message, 'F', token, keys, 5, 6, body);
        Assert.InRange(length, 1, chunk.Length);
        var sent = chunk[..length];
        var (sequence, request, range) = SymmetricChunks.Open(sent, mode, keys);
        Assert.Equal((5u, 6u), (sequence, request));
        Assert.Equal(body, sent[range]);
        var changed = chunk[..length];
        changed[random.Next(length)] ^= (byte)(1 << random.Next(8));
        Assert.Throws<OpcUaException>(() => SymmetricChunks.Open(changed, mode, keys));
    }

    [Fact]
    public void A_chunk_that_opens_a_channel_is_taken_only_from_the_checked_certificate_for_ours()
    {
        byte[] body = [1, 2, 3];
        foreach (var policy in SecurityPolicy.All.Where(policy => !policy.IsNone))
        {
            foreach (var (sender, receiver) in new[] { (Certificates.Own, Certificates.Long), (Certificates.Long, Certificates.Own) })
            {
                var chunk = AsymmetricChunks.Write(policy, sender, receiver, 1, 2, 3, body);
                var opened = AsymmetricChunks.Open(chunk, policy, receiver, sender);
                Assert.Equal((1u, 2u, 3u), (opened.ChannelId, opened.Sequence, opened.RequestId));
                Assert.Equal(body, opened.Body);
                Assert.Throws<OpcUaException>(() => AsymmetricChunks.Open(chunk, policy, receiver, receiver));
                Assert.Throws<OpcUaException>(() => AsymmetricChunks.Open(chunk, SecurityPolicy.None, receiver, sender));
                chunk[^1] ^= 1;
                Assert.Throws<OpcUaException>(() => AsymmetricChunks.Open(chunk, policy, receiver, sender));
            }
        }
    }

    [Fact]
    public void Our_certificate_names_our_application()
    {
        Assert.Equal(Certificates.Uri, ApplicationCertificate.UriOf(Certificates.Own));
        Assert.Equal(2048, Certificates.Own.PublicKey.GetRSAPublicKey()!.KeySize); // made with RSA
    }

    private static byte[] Chunk(int length)
    {
        var chunk = new byte[length];
        new ChunkHeader(MessageKind.Message, 'F', (uint)length).Write(chunk);
        return chunk;
    }

    /// <summary>Gives its bytes in pieces of random length.</summary>
    private sealed class CutStream(byte[] bytes, Random random) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, random.Next(1, 50))], cancellationToken);
    }
}
