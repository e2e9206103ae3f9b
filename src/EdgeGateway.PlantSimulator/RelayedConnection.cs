using System.Net.Sockets;

namespace EdgeGateway.PlantSimulator;

/// <summary>One connection through a <see cref="LinkFault"/>: two sockets and the bytes between them.</summary>
internal sealed class RelayedConnection(Socket near, LinkFault link) : IDisposable
{
    private const int BufferSize = 16 * 1024;
    private readonly Socket _far = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    /// <summary>Ends both sides with a reset; a second call does nothing.</summary>
    public void Reset()
    {
        near.Close(0);
        _far.Close(0);
    }

    /// <summary>As <see cref="Reset"/>.</summary>
    public void Dispose()
    {
        Reset();
        near.Dispose();
        _far.Dispose();
    }

    /// <summary>Forwards both ways until both have ended.</summary>
    public async Task RelayAsync()
    {
        try
        {
            await link.WhenOpen().ConfigureAwait(false);
            near.NoDelay = _far.NoDelay = true;
            await _far.ConnectAsync(link.Target).ConfigureAwait(false);
            await Task.WhenAll(PumpAsync(near, _far, link.CountUp), PumpAsync(_far, near, link.CountDown)).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            // One side was reset, or the target is not there: the finally below resets the other side.
        }
        catch (ObjectDisposedException)
        {
            // Cut, or disposed.
        }
        finally
        {
            Reset();
        }
    }

    private async Task PumpAsync(Socket from, Socket to, Action<int> count)
    {
        try
        {
            var buffer = new byte[BufferSize];
            while (true)
            {
                await link.WhenOpen().ConfigureAwait(false);
                var read = await from.ReceiveAsync(buffer.AsMemory(), SocketFlags.None).ConfigureAwait(false);
                // What came in while the link broke does not go out: it waits, like a packet that is sent again later.
                await link.WhenOpen().ConfigureAwait(false);
                if (read == 0) break;
                for (var sent = 0; sent < read;) sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), SocketFlags.None).ConfigureAwait(false);
                count(read);
            }
            to.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // A reset on one side is a reset on the other; without it the other pump would wait for ever.
            await link.WhenOpen().ConfigureAwait(false);
            Reset();
            throw;
        }
    }
}
