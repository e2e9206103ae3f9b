using System.Net.Sockets;

namespace EdgeGateway.Drivers.Links;

/// <summary>
/// A TCP connection to a device or a serial server: no delay, 3 s to connect, keep-alive after 10 s of silence, and on Linux the end if what was sent is
/// not acknowledged within 10 s. A connection whose other end has vanished without a word so ends after 10 to 19 s even if nobody asks.
/// </summary>
public sealed class TcpDial(string host, int port, TimeProvider time) : LinkDial
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(3);

    /// <inheritdoc/>
    public override string Endpoint => $"tcp://{host}:{port}";

    /// <inheritdoc/>
    public override bool MayBeHalfOpen => true;

    /// <summary>Closing will reset the connection instead of ending it in good order.</summary>
    public override void GiveUp(Stream link) => SocketCare.ResetOnClose(link);

    /// <inheritdoc/>
    public override async ValueTask<Stream> DialAsync(CancellationToken cancellationToken)
    {
        Socket? socket = null;
        using var deadline = new CancellationTokenSource(ConnectTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            SocketCare.Apply(socket);
            await socket.ConnectAsync(host, port, both.Token).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            throw new LineDownException($"{Endpoint} cannot be opened: {e.Message}", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            socket?.Dispose();
            throw new LineDownException($"{Endpoint} did not accept a connection within {DurationText.Format(ConnectTimeout)}", e);
        }
        catch (OperationCanceledException)
        {
            socket?.Dispose();
            throw;
        }
    }
}
