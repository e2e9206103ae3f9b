using System.Net.Sockets;

namespace EdgeGateway.Drivers.Links;

/// <summary>How a TCP connection of a line is set, so that an end that has vanished is noticed.</summary>
internal static class SocketCare
{
    private const int TcpLevel = 6;

    /// <summary>TCP_USER_TIMEOUT of Linux (linux/tcp.h), in milliseconds.</summary>
    private const int UserTimeout = 18;

    private const int UnacknowledgedMilliseconds = 10_000;

    /// <summary>No delay; keep-alive after 10 s, three times 3 s; on Linux the end after 10 s without an acknowledgement.</summary>
    public static void Apply(Socket socket)
    {
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 10);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 3);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
        // Without it what was sent is repeated for a quarter of an hour, and keep-alive waits behind it.
        if (OperatingSystem.IsLinux()) socket.SetRawSocketOption(TcpLevel, UserTimeout, BitConverter.GetBytes(UnacknowledgedMilliseconds));
    }

    /// <summary>Closing the stream will reset its connection.</summary>
    public static void ResetOnClose(Stream link)
    {
        if (link is not NetworkStream network) return;
        try
        {
            network.Socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Closed already: nothing is left to reset.
        }
    }
}
