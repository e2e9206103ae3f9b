using System.Net;
using System.Net.Sockets;
using EdgeGateway.PlantSimulator;

namespace EdgeGateway.Tests.Acquisition;

/// <summary>One bus behind a serial server on which slaves of two simulated lines hear every byte of the master, and the master hears all of them.</summary>
internal sealed class TwoWireBus : IAsyncDisposable
{
    private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _ended = new();
    private readonly IPEndPoint[] _halves;
    private readonly Task _serving;

    public TwoWireBus(params SimulatedLine[] halves)
    {
        _halves = [.. halves.Select(half => half.EndPoint)];
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _serving = ServeAsync();
    }

    public Uri Address => new($"tcp://127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}"); // not null: bound

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        _listener.Dispose();
        await _serving;
        _ended.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var master = await _listener.AcceptAsync(_ended.Token);
                master.NoDelay = true;
                var slaves = new List<Socket>();
                foreach (var half in _halves)
                {
                    var slave = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                    slaves.Add(slave);
                    await slave.ConnectAsync(half, _ended.Token);
                }
                var answers = slaves.Select(slave => PumpAsync(slave, [master])).ToList();
                await PumpAsync(master, slaves);
                slaves.ForEach(slave => slave.Dispose());
                await Task.WhenAll(answers);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task PumpAsync(Socket from, IReadOnlyList<Socket> to)
    {
        var buffer = new byte[1024];
        try
        {
            while (await from.ReceiveAsync(buffer, _ended.Token) is var count and > 0)
                foreach (var socket in to) await socket.SendAsync(buffer.AsMemory(0, count), _ended.Token);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // One side has left.
        }
    }
}
