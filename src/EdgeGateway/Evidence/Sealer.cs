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
        $"],\"cf\":\"{identity.ConfigHash}\",\"rv\":\"{identity.RulesHash}\",\"sw\":\"{identity.Software}\"");
    private readonly Utf8Buffer _payload = new(Envelope.MaxLineBytes);
    private readonly Lock _gate = new();

    /// <summary>With a single key that is open, and stays so.</summary>
    public Sealer(GatewayIdentity identity, ISigner signer, TimeProvider time)
        : this(identity, new LineSigner(signer), time)
    {
    }

    /// <summary>Bytes of the longest body that still fits a line.</summary>
    public int MaxBodyBytes => Envelope.MaxLineBytes - signer.Overhead - _fixedMembers.Length - _closingMembers.Length - 320;

    public GatewayIdentity Identity => identity;

    /// <summary>How the signing key is kept.</summary>
    public string KeyKeptIn => signer.KeptIn;

    /// <summary>The clocks of this boot, and what is known of them.</summary>
    public BootClock Clock { get; } = new(time);

    /// <summary>True if a statement is signed in memory; otherwise <see cref="State"/> may wait for a token.</summary>
    public bool SignsAtOnce => signer.IsInstant;

    /// <summary>The key that is to replace one of the gateway's with the next event <c>key</c>; null if none waits. Set by the signing desk, taken by the recorder.</summary>
    public SigningKey? Offered { get; set; }

    /// <summary>The next payload after <paramref name="tail"/>.</summary>
    /// <param name="kind"><c>data</c>, <c>gap</c> or <c>event</c>.</param>
    /// <param name="body">Further members, each with its comma in front: <c>,"g":[…],"r":[…]</c>.</param>
    public Segment Seal(string stream, StreamTail tail, ReadOnlySpan<byte> kind, long t0, long t1, ReadOnlySpan<byte> body, int readings)
    {
        lock (_gate)
        {
            Write(stream, kind, tail.Sequence + 1, tail.Hash, t0, t1, Clock.MonotonicMs, body);
            return SegmentNeedsGate(stream, tail, t0, t1, readings, signer.Seal(_payload.Written), null);
        }
    }

    /// <summary>The next payload after <paramref name="tail"/>, about this moment: <c>t0</c>, <c>t1</c> and <c>mo</c> are one look at both clocks.</summary>
    public Segment SealNow(string stream, StreamTail tail, ReadOnlySpan<byte> kind, ReadOnlySpan<byte> body)
    {
        lock (_gate)
        {
            var (now, monotonic) = Clock.Stamp();
            Write(stream, kind, tail.Sequence + 1, tail.Hash, now, now, monotonic, body);
            return SegmentNeedsGate(stream, tail, now, now, 0, signer.Seal(_payload.Written), null);
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
            var (now, monotonic) = Clock.Stamp();
            Write(Streams.Events, "event"u8, tail.Sequence + 1, tail.Hash, now, now, monotonic, body.Written);
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
            var (now, monotonic) = Clock.Stamp();
            Write(stream, kind, tail.Sequence, tail.Hash, now, now, monotonic, body);
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

    private void Write(string stream, ReadOnlySpan<byte> kind, long sequence, ChainHash previous, long t0, long t1, long monotonic, ReadOnlySpan<byte> body)
    {
        _payload.Clear();
        _payload.Raw("{\"v\":1,\"k\":\""u8).Raw(kind).Raw("\","u8).Raw(_fixedMembers);
        foreach (var c in stream) _payload.Raw([(byte)c]);
        _payload.Raw("\",\"sq\":"u8).Number(sequence).Raw(",\"ph\":"u8).Quoted(previous.ToString());
        _payload.Raw(",\"t0\":"u8).Number(t0).Raw(",\"t1\":"u8).Number(t1).Raw(",\"mo\":"u8).Number(monotonic);
        WriteTimeQuality(monotonic);
        _payload.Raw(_closingMembers).Raw(body).Raw("}"u8);
    }

    private void WriteTimeQuality(long monotonic)
    {
        var trust = Clock.Trust;
        _payload.Raw(",\"tq\":[\""u8).Raw(trust.State switch
        {
            ClockState.Synchronised => "S"u8,
            ClockState.Relative => "R"u8,
            ClockState.Informative => "I"u8,
            _ => "U"u8,
        }).Raw("\""u8);
        WriteAmount(trust.ErrorMsAt(monotonic));
        WriteAmount(trust.AgeSecondsAt(monotonic));
    }

    private void WriteAmount(long? amount)
    {
        _payload.Raw(","u8);
        if (amount is { } known) _payload.Number(known);
        else _payload.Raw("null"u8);
    }
}
