using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace EdgeGateway.Drivers.Tests.OpcUa.Polling;

/// <summary>A port before a server that can be cut and mended while the server lives on.</summary>
internal sealed class TcpRelay(int port) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Socket, bool> _open = new();
    private readonly ConcurrentBag<Task> _running = [];
    private TcpListener? _listener;

    public int Port { get; private set; }

    /// <summary>Takes connections, at the same port as before.</summary>
    public void Mend()
    {
        _listener = new TcpListener(IPAddress.Loopback, Port);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _running.Add(AcceptAsync(_listener));
    }

    /// <summary>Breaks what is open and refuses what is new.</summary>
    public void Cut()
    {
        _listener?.Stop();
        foreach (var socket in _open.Keys) socket.Dispose();
        _open.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        Cut();
        await Task.WhenAll(_running);
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                var socket = await listener.AcceptSocketAsync();
                var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
                _open[socket] = _open[server] = true;
                if (!await ConnectAsync(server))
                {
                    socket.Dispose();
                    continue;
                }
                _running.Add(PumpAsync(socket, server));
                _running.Add(PumpAsync(server, socket));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // cut
        }
    }

    private async Task<bool> ConnectAsync(Socket server)
    {
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            server.Dispose();
            return false; // the server is off
        }
    }

    private static async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[65_536];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and var read) await to.SendAsync(buffer.AsMemory(0, read));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // cut
        }
        from.Dispose();
        to.Dispose();
    }
}
