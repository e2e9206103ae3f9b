using System.Net.Sockets;

namespace EdgeGateway.Drivers.Links;

/// <summary>What any stream of a line can tell of its input without waiting.</summary>
public static class LineInput
{
    /// <summary>True if bytes have come that nobody has read.</summary>
    /// <exception cref="IOException">The stream has failed.</exception>
    /// <exception cref="SocketException">The connection has failed.</exception>
    /// <exception cref="ObjectDisposedException">The stream is closed.</exception>
    public static bool IsWaiting(Stream link) => link switch
    {
        NetworkStream network => network.DataAvailable,
        ILineInput line => line.HasInput,
        _ => false,
    };

    /// <summary>What the other side sends between frames to keep its connection; empty where nothing is known of that.</summary>
    public static ReadOnlySpan<byte> Heartbeat(Stream link) => link is DialInStream dialledIn ? dialledIn.Heartbeat : default;

    /// <summary>The silence that ends a frame (t3.5); zero where the stream has no speed of its own.</summary>
    public static TimeSpan FrameSilence(Stream link) => link is ILineInput line ? line.FrameSilence : TimeSpan.Zero;
}
