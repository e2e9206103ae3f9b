using System.Globalization;
using System.Text;

namespace EdgeGateway.Evidence;

/// <summary>
/// Makes payloads of one boot and puts signed lines around them: the members of docs/wire.md §2, then a body. Owns no sequence: the caller
/// hands in the tail it continues. Used by the recorder for sequenced payloads and by the uplink for heads, births and wills.
/// </summary>
internal sealed class Sealer(GatewayIdentity identity, LineSigner signer, TimeProvider time)
{
    private readonly byte[] _fixedMembers = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
        $"\"site\":\"{identity.Site}\",\"gw\":\"{identity.Gateway}\",\"ep\":{identity.Epoch},\"bt\":\"{identity.Boot}\",\"st\":\""));
    private readonly byte[] _closingMembers = Encoding.UTF8.GetBytes(
        // The state of the clock is not judged yet: U, unknown, is the honest statement.
        $",\"tq\":[\"U\",null,null],\"cf\":\"{identity.ConfigHash}\",\"rv\":\"{identity.RulesHash}\",\"sw\":\"{identity.Software}\"");
    private readonly long _start = time.GetTimestamp();
    private readonly Utf8Buffer _payload = new(Envelope.MaxLineBytes);
    private readonly Lock _gate = new();

    /// <summary>With a single key that is open, and stays so.</summary>
    public Sealer(GatewayIdentity identity, ISigner signer, TimeProvider time)
        : this(identity, new LineSigner(signer), time)
    {
    }

    /// <summary>Bytes of the longest body that still fits a line.</summary>
    public int MaxBodyBytes => Envelope.MaxLineBytes - signer.Overhead - _fixedMembers.Length - _closingMembers.Length - 256;

    public GatewayIdentity Identity => identity;

    /// <summary>How the signing key is kept.</summary>
    public string KeyKeptIn => signer.KeptIn;

    /// <summary>True if a statement is signed in memory; otherwise <see cref="State"/> may wait for a token.</summary>
    public bool SignsAtOnce => signer.IsInstant;

    /// <summary>The key that is to replace one of the gateway's with the next event <c>key</c>; null if none waits. Set by the signing desk, taken by the recorder.</summary>
    public SigningKey? Offered { get; set; }

    /// <summary>Milliseconds since this boot.</summary>
    public long MonotonicMs => (long)time.GetElapsedTime(_start).TotalMilliseconds;

    /// <summary>The next payload after <paramref name="tail"/>.</summary>
    /// <param name="kind"><c>data</c>, <c>gap</c> or <c>event</c>.</param>
    /// <param name="body">Further members, each with its comma in front: <c>,"g":[…],"r":[…]</c>.</param>
    public Segment Seal(string stream, StreamTail tail, ReadOnlySpan<byte> kind, long t0, long t1, ReadOnlySpan<byte> body, int readings)
    {
        lock (_gate)
        {
            Write(stream, kind, tail.Sequence + 1, tail.Hash, t0, t1, body);
            return SegmentNeedsGate(stream, tail, t0, t1, readings, signer.Seal(_payload.Written), null);
        }
    }

    /// <summary>
    /// The event <c>key</c> (docs/wire.md §8) after <paramref name="tail"/> in the stream <c>events</c>, signed by the key that is replaced and by <paramref name="next"/>, which signs
    /// everything from here on.
    /// </summary>
    /// <param name="next">The new key; it must be open.</param>
    /// <param name="tail">Of <c>events</c>.</param>
    /// <param name="others">The other streams as they are.</param>
    public Segment SealChange(SigningKey next, StreamTail tail, IEnumerable<(string Stream, long Sequence)> others)
    {
        var body = new Utf8Buffer(1024);
        body.Raw(",\"ev\":\"key\",\"was\":"u8).Quoted(signer.Replaced(next).KeyId)
            .Raw(",\"key\":"u8).Quoted(System.Buffers.Text.Base64Url.EncodeToString(next.PublicKeyInfo)).Raw(",\"at\":["u8);
        foreach (var (i, (stream, sequence)) in others.Index())
        {
            if (i > 0) body.Raw(","u8);
            body.Raw("{\"st\":"u8).Quoted(stream).Raw(",\"sq\":"u8).Number(sequence).Raw("}"u8);
        }
        body.Raw("]"u8);
        lock (_gate)
        {
            var now = time.GetUtcNow().ToUnixTimeMilliseconds();
            Write(Streams.Events, "event"u8, tail.Sequence + 1, tail.Hash, now, now, body.Written);
            var line = signer.SealChange(next, _payload.Written);
            return SegmentNeedsGate(Streams.Events, tail, now, now, 0, line, signer.KeyIds);
        }
    }

    /// <summary>
    /// A statement outside the sequence (head, birth, will) about <paramref name="tail"/>, as a line; null if the key cannot be reached just now. May wait for a token, and holds
    /// nobody up meanwhile.
    /// </summary>
    public byte[]? State(string stream, StreamTail tail, ReadOnlySpan<byte> kind, ReadOnlySpan<byte> body)
    {
        byte[] payload;
        lock (_gate)
        {
            var now = time.GetUtcNow().ToUnixTimeMilliseconds();
            Write(stream, kind, tail.Sequence, tail.Hash, now, now, body);
            payload = _payload.Written.ToArray();
        }
        return signer.SealNow(payload);
    }

    private Segment SegmentNeedsGate(string stream, StreamTail tail, long t0, long t1, int readings, byte[] line, string? keysFromHere) => new()
    {
        Stream = stream,
        Sequence = tail.Sequence + 1,
        Hash = ChainHash.Of(_payload.Written),
        T0 = t0,
        T1 = t1,
        Readings = readings,
        Line = line,
        KeysFromHere = keysFromHere,
    };

    private void Write(string stream, ReadOnlySpan<byte> kind, long sequence, ChainHash previous, long t0, long t1, ReadOnlySpan<byte> body)
    {
        _payload.Clear();
        _payload.Raw("{\"v\":1,\"k\":\""u8).Raw(kind).Raw("\","u8).Raw(_fixedMembers);
        foreach (var c in stream) _payload.Raw([(byte)c]);
        _payload.Raw("\",\"sq\":"u8).Number(sequence).Raw(",\"ph\":"u8).Quoted(previous.ToString());
        _payload.Raw(",\"t0\":"u8).Number(t0).Raw(",\"t1\":"u8).Number(t1).Raw(",\"mo\":"u8).Number(MonotonicMs);
        _payload.Raw(_closingMembers).Raw(body).Raw("}"u8);
    }
}
