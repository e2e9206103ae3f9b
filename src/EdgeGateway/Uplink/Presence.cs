using System.Globalization;
using System.Text;
using EdgeGateway.Config;
using EdgeGateway.Evidence;
using EdgeGateway.Outbox;

namespace EdgeGateway.Uplink;

/// <summary>What a connection says about the gateway itself: will, birth and heads (docs/wire.md §4.4).</summary>
internal sealed class Presence(MqttLink link, Topics topics, IOutbox outbox, Sealer sealer, Delivery delivery)
{
    /// <summary>The will of a connection, made before it exists.</summary>
    public static byte[] Will(Sealer sealer, long number) =>
        sealer.State("", default, "will"u8, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $",\"se\":{number}")));

    /// <summary>Announces connection <paramref name="number"/> of this boot.</summary>
    /// <exception cref="LinkLostException">The connection is gone.</exception>
    public async Task PublishBirthAsync(long number, CancellationToken cancellationToken)
    {
        var body = new Utf8Buffer(512);
        body.Raw(",\"se\":"u8).Number(number).Raw(",\"mode\":"u8).Quoted(delivery == Delivery.Receipt ? "receipt" : "puback").Raw(",\"mq\":"u8).Quoted(link.Mqtt).Raw(",\"kp\":"u8).Quoted(sealer.KeyKeptIn).Raw(",\"streams\":["u8);
        foreach (var (i, stream) in Streams.InOrderOfUrgency.Index())
        {
            var tail = outbox.Tail(stream);
            if (i > 0) body.Raw(","u8);
            body.Raw("{\"st\":"u8).Quoted(stream).Raw(",\"sq\":"u8).Number(tail.Sequence).Raw(",\"ph\":"u8).Quoted(tail.Hash.ToString()).Raw("}"u8);
        }
        var line = sealer.State("", default, "birth"u8, body.Raw("]"u8).Written);
        await link.PublishAsync(topics.Birth, line, retain: link.CanRetain, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Publishes a head of every stream; true if the broker took all of them.</summary>
    /// <exception cref="LinkLostException">The connection is gone.</exception>
    public async Task<bool> PublishHeadsAsync(CancellationToken cancellationToken)
    {
        var taken = true;
        foreach (var stream in Streams.InOrderOfUrgency)
        {
            var line = sealer.State(stream, outbox.Tail(stream), "head"u8, default);
            taken &= await link.PublishAsync(topics.Head(stream), line, retain: false, cancellationToken).ConfigureAwait(false) == PublishOutcome.Acknowledged;
        }
        return taken;
    }
}
