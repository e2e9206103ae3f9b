using System.Net;
using System.Net.Sockets;

namespace EdgeGateway.PlantSimulator;

/// <summary>
/// How a line reaches its master if that does not dial: it connects by itself, as a modem on a mobile network does, says its id, and sends a heartbeat
/// while it is connected. Immutable.
/// </summary>
/// <param name="Target">Where the master listens.</param>
/// <param name="Id">What is said first.</param>
/// <param name="Heartbeat">What is said every <see cref="BeatPeriod"/>; empty for nothing.</param>
internal sealed record DialOut(IPEndPoint Target, byte[] Id, byte[] Heartbeat)
{
    /// <summary>Between two heartbeats.</summary>
    public static readonly TimeSpan BeatPeriod = TimeSpan.FromSeconds(5);

    /// <summary>From a connection that ended, or could not be made, to the next attempt.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(500);

    /// <summary>A connection over which the id has been said; null if the master cannot be reached now.</summary>
    public async Task<Socket?> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(Target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(Target, cancellationToken).ConfigureAwait(false);
            await socket.SendAsync(Id, SocketFlags.None, cancellationToken).ConfigureAwait(false);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends heartbeats until the connection has ended. Each goes out in one piece, so that it never stands inside an answer.</summary>
    public async Task BeatAsync(Socket socket, TimeProvider time, CancellationToken cancellationToken)
    {
        if (Heartbeat.Length == 0) return;
        using var timer = new PeriodicTimer(BeatPeriod, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
                await socket.SendAsync(Heartbeat, SocketFlags.None, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            // The connection has ended; whoever serves it sees that, too.
        }
        catch (ObjectDisposedException)
        {
            // Reset by a fault or by the end of the plant.
        }
        catch (OperationCanceledException)
        {
            // The conversation is over.
        }
    }
}
