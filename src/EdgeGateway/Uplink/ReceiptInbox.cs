using System.Threading.Channels;
using EdgeGateway.Evidence;

namespace EdgeGateway.Uplink;

/// <summary>Messages on the receipt topic, from the connection to the <see cref="ReceiptDesk"/>. A newer receipt says all that an older one said: what does not fit pushes the oldest out.</summary>
internal sealed class ReceiptInbox
{
    private const int Most = 64;

    private readonly Channel<byte[]> _lines = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(Most) { SingleReader = true, FullMode = BoundedChannelFullMode.DropOldest });

    public ChannelReader<byte[]> Lines => _lines.Reader;

    /// <summary>Called by the connection; never waits.</summary>
    /// <param name="length">Bytes of the message.</param>
    /// <param name="copy">Makes a copy of them, asked for only if they may be a receipt.</param>
    public void Offer(long length, Func<byte[]> copy)
    {
        if (length <= PlatformReceipt.MaxLineBytes) _lines.Writer.TryWrite(copy());
    }
}
