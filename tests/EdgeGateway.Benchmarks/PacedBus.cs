using System.Net;
using System.Net.Sockets;

namespace EdgeGateway.Benchmarks;

/// <summary>
/// The way between a master and simulated slaves, where it is slow or long: what is sent takes as long as its characters do, and answers come later by what slaves think or the way
/// takes. Bytes arrive when the last of them would have, as from a serial server that hands whole frames on.
/// </summary>
internal sealed class PacedBus : IAsyncDisposable
{
    private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _ended = new();
    private readonly IPEndPoint _slaves;
    private readonly TimeSpan _character;
    private readonly TimeSpan _thought;
    private readonly Task _serving;

    /// <param name="slaves">Where the simulated slaves listen.</param>
    /// <param name="character">Of one character on the wire.</param>
    /// <param name="thought">From the end of a question to the start of its answer; for answers that stand behind each other, once.</param>
    public PacedBus(IPEndPoint slaves, TimeSpan character, TimeSpan thought)
    {
        (_slaves, _character, _thought) = (slaves, character, thought);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _serving = ServeAsync();
    }

    public Uri Address => new($"tcp://{_listener.LocalEndPoint}");

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _serving.ConfigureAwait(false);
        _ended.Dispose();
    }

    private async Task ServeAsync()
    {
        var masters = new List<Task>();
        try
        {
            while (true) masters.Add(ServeAsync(await _listener.AcceptAsync(_ended.Token).ConfigureAwait(false)));
        }
        catch (OperationCanceledException)
        {
            // The benchmark is over.
        }
        await Task.WhenAll(masters).ConfigureAwait(false);
    }

    private async Task ServeAsync(Socket master)
    {
        using (master)
        using (var slaves = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true })
        {
            master.NoDelay = true;
            await slaves.ConnectAsync(_slaves, _ended.Token).ConfigureAwait(false);
            await Task.WhenAny(CarryAsync(master, slaves, TimeSpan.Zero), CarryAsync(slaves, master, _thought)).ConfigureAwait(false);
        }
    }

    private async Task CarryAsync(Socket from, Socket to, TimeSpan before)
    {
        var buffer = new byte[1024];
        try
        {
            while (await from.ReceiveAsync(buffer, _ended.Token).ConfigureAwait(false) is var count and > 0)
            {
                await Task.Delay(before + _character * count, TimeProvider.System, _ended.Token).ConfigureAwait(false);
                await to.SendAsync(buffer.AsMemory(0, count), _ended.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The benchmark is over.
        }
    }
}
