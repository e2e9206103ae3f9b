using System.Globalization;
using System.Text;

namespace EdgeGateway.Evidence;

/// <summary>
/// Makes payloads of one boot and puts signed lines around them: the members of docs/wire.md §2, then a body. Owns no sequence: the caller
/// hands in the tail it continues. Used by the recorder for sequenced payloads and by the uplink for heads, births and wills.
/// </summary>
internal sealed class Sealer(GatewayIdentity identity, ISigner signer, TimeProvider time)
{
    private readonly byte[] _protected = Envelope.ProtectedHeader(signer, "egb1");
    private readonly byte[] _fixedMembers = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
        $"\"site\":\"{identity.Site}\",\"gw\":\"{identity.Gateway}\",\"ep\":{identity.Epoch},\"bt\":\"{identity.Boot}\",\"st\":\""));
    private readonly byte[] _closingMembers = Encoding.UTF8.GetBytes(
        $"],\"cf\":\"{identity.ConfigHash}\",\"rv\":\"{identity.RulesHash}\",\"sw\":\"{identity.Software}\"");
    private readonly Utf8Buffer _payload = new(Envelope.MaxLineBytes);
    private readonly Lock _gate = new();

    /// <summary>Bytes of the longest body that still fits a line.</summary>
    public int MaxBodyBytes => Envelope.MaxLineBytes - Envelope.Overhead(_protected) - _fixedMembers.Length - _closingMembers.Length - 320;

    public GatewayIdentity Identity => identity;

    /// <summary>How the signing key is kept.</summary>
    public string KeyKeptIn => signer.KeptIn;

    /// <summary>The clocks of this boot, and what is known of them.</summary>
    public BootClock Clock { get; } = new(time);

    /// <summary>The next payload after <paramref name="tail"/>.</summary>
    /// <param name="kind"><c>data</c>, <c>gap</c> or <c>event</c>.</param>
    /// <param name="body">Further members, each with its comma in front: <c>,"g":[…],"r":[…]</c>.</param>
    public Segment Seal(string stream, StreamTail tail, ReadOnlySpan<byte> kind, long t0, long t1, ReadOnlySpan<byte> body, int readings)
    {
        lock (_gate)
        {
            Write(stream, kind, tail.Sequence + 1, tail.Hash, t0, t1, Clock.MonotonicMs, body);
            return Signed(stream, tail, t0, t1, readings);
        }
    }

    /// <summary>The next payload after <paramref name="tail"/>, about this moment: <c>t0</c>, <c>t1</c> and <c>mo</c> are one look at both clocks.</summary>
    public Segment SealNow(string stream, StreamTail tail, ReadOnlySpan<byte> kind, ReadOnlySpan<byte> body)
    {
        lock (_gate)
        {
            var (now, monotonic) = Clock.Stamp();
            Write(stream, kind, tail.Sequence + 1, tail.Hash, now, now, monotonic, body);
            return Signed(stream, tail, now, now, readings: 0);
        }
    }

    /// <summary>A statement outside the sequence (head, birth, will) about <paramref name="tail"/>, as a line.</summary>
    public byte[] State(string stream, StreamTail tail, ReadOnlySpan<byte> kind, ReadOnlySpan<byte> body)
    {
        lock (_gate)
        {
            var (now, monotonic) = Clock.Stamp();
            Write(stream, kind, tail.Sequence, tail.Hash, now, now, monotonic, body);
            return Envelope.Seal(signer, _protected, _payload.Written);
        }
    }

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

    private Segment Signed(string stream, StreamTail tail, long t0, long t1, int readings) => new()
    {
        Stream = stream,
        Sequence = tail.Sequence + 1,
        Hash = ChainHash.Of(_payload.Written),
        T0 = t0,
        T1 = t1,
        Readings = readings,
        Line = Envelope.Seal(signer, _protected, _payload.Written),
    };
}
