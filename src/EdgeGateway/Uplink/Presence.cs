using System.Globalization;
using System.Text;
using EdgeGateway.Evidence;
using EdgeGateway.Outbox;

namespace EdgeGateway.Uplink;

/// <summary>What a connection says about the gateway itself: will, birth and heads (docs/wire.md §4.4).</summary>
internal sealed class Presence(MqttLink link, Topics topics, IOutbox outbox, Sealer sealer, TimeProvider time)
{
    /// <summary>The longest a token is waited for; segments that have their signatures go on meanwhile.</summary>
    private static readonly TimeSpan TokenPatience = TimeSpan.FromSeconds(5);

    private long? _unannounced;

    /// <summary>The will of a connection, made before it exists; null if the key cannot be reached, and then the connection has none.</summary>
    public static Task<byte[]?> WillAsync(Sealer sealer, long number, TimeProvider time, CancellationToken cancellationToken) => StateAsync(
        sealer, "", default, "will", Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $",\"se\":{number}")), time, cancellationToken);

    /// <summary>Announces connection <paramref name="number"/> of this boot; while the key cannot be reached that is put off until a head can be signed.</summary>
    /// <exception cref="LinkLostException">The connection is gone.</exception>
    public async Task PublishBirthAsync(long number, CancellationToken cancellationToken)
    {
        var body = new Utf8Buffer(512);
        body.Raw(",\"se\":"u8).Number(number).Raw(",\"mode\":\"puback\",\"mq\":"u8).Quoted(link.Mqtt).Raw(",\"kp\":"u8).Quoted(sealer.KeyKeptIn).Raw(",\"streams\":["u8);
        foreach (var (i, stream) in Streams.InOrderOfUrgency.Index())
        {
            var tail = outbox.Tail(stream);
            if (i > 0) body.Raw(","u8);
            body.Raw("{\"st\":"u8).Quoted(stream).Raw(",\"sq\":"u8).Number(tail.Sequence).Raw(",\"ph\":"u8).Quoted(tail.Hash.ToString()).Raw("}"u8);
        }
        var line = await StateAsync(sealer, "", default, "birth", body.Raw("]"u8).Written.ToArray(), time, cancellationToken).ConfigureAwait(false);
        _unannounced = line is null ? number : null;
        if (line is null) return;
        await link.PublishAsync(topics.Birth, line, retain: link.CanRetain, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Publishes a head of every stream; true if the broker took all of them.</summary>
    /// <exception cref="LinkLostException">The connection is gone.</exception>
    public async Task<bool> PublishHeadsAsync(CancellationToken cancellationToken)
    {
        var taken = true;
        if (_unannounced is { } number) await PublishBirthAsync(number, cancellationToken).ConfigureAwait(false);
        foreach (var stream in Streams.InOrderOfUrgency)
        {
            if (await StateAsync(sealer, stream, outbox.Tail(stream), "head", [], time, cancellationToken).ConfigureAwait(false) is not { } line) return false;
            taken &= await link.PublishAsync(topics.Head(stream), line, retain: false, cancellationToken).ConfigureAwait(false) == PublishOutcome.Acknowledged;
        }
        return taken;
    }

    /// <summary>A slow token holds up neither the connection nor what is under way on it.</summary>
    private static async Task<byte[]?> StateAsync(
        Sealer sealer, string stream, StreamTail tail, string kind, byte[] body, TimeProvider time, CancellationToken cancellationToken)
    {
        var name = Encoding.ASCII.GetBytes(kind);
        if (sealer.SignsAtOnce) return sealer.State(stream, tail, name, body);
        try
        {
            return await Task.Run(() => sealer.State(stream, tail, name, body), cancellationToken).WaitAsync(TokenPatience, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }
}
