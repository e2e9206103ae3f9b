using System.Threading.Channels;
using EdgeGateway.Evidence;

namespace EdgeGateway.Uplink;

/// <summary>
/// Messages on the command topic, from the connection to the <see cref="CommandDesk"/>. A connection only puts them here; what does not fit is dropped
/// and counted, and the platform says it again.
/// </summary>
internal sealed class CommandInbox(bool isOpen)
{
    private const int Most = 16;

    private readonly Channel<byte[]> _lines = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(Most) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    private long _dropped;

    /// <summary>False if the site names no key for commands: then the gateway does not even subscribe.</summary>
    public bool IsOpen { get; } = isOpen;

    public ChannelReader<byte[]> Lines => _lines.Reader;

    /// <summary>Messages that were too long or too many.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Called by the connection; never waits.</summary>
    /// <param name="length">Bytes of the message.</param>
    /// <param name="copy">Makes a copy of them, asked for only if there is room.</param>
    public void Offer(long length, Func<byte[]> copy)
    {
        if (length > PlatformCommand.MaxLineBytes || _lines.Reader.Count >= Most || !_lines.Writer.TryWrite(copy())) Interlocked.Increment(ref _dropped);
    }
}
