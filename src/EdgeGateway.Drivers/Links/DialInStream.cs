using System.Net.Sockets;

namespace EdgeGateway.Drivers.Links;

/// <summary>The stream of a device that has dialled in, with the heartbeat that may stand between its frames.</summary>
internal sealed class DialInStream(Socket socket, byte[] heartbeat) : NetworkStream(socket, ownsSocket: true)
{
    /// <summary>What the device sends between frames to keep its connection; empty for nothing.</summary>
    public ReadOnlySpan<byte> Heartbeat => heartbeat;
}
