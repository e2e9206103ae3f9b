using System.Net;
using System.Net.Sockets;

namespace EdgeGateway.PlantSimulator;

/// <summary>
/// A TCP relay on loopback whose link can be broken in the ways a plant's uplink breaks. It listens on a free port from construction
/// and forwards to the target. Any thread may switch it.
/// </summary>
internal sealed class LinkFault : IAsyncDisposable
{
    /// <summary>Connections beyond this are closed at once.</summary>
    public const int MaxConnections = 256;

    private readonly Lock _lock = new();
    private readonly Socket _listener;
    private readonly HashSet<RelayedConnection> _connections = [];
    private readonly HashSet<Task> _running = [];
    private TaskCompletionSource _open = Opened();
    private LinkMode _mode;
    private IPEndPoint _target;
    private bool _isClosed;
    private long _accepted;
    private long _bytesUp;
    private long _bytesDown;

    /// <summary>Listens and forwards to <paramref name="target"/>.</summary>
    public LinkFault(IPEndPoint target)
    {
        _target = target;
        _listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(512);
        EndPoint = (IPEndPoint)_listener.LocalEndPoint!; // bound just now
        lock (_lock) _running.Add(AcceptAsync());
    }

    /// <summary>Where to connect instead of the target.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Where new connections are forwarded to; may change when the target comes back elsewhere.</summary>
    public IPEndPoint Target
    {
        get
        {
            lock (_lock) return _target;
        }
        set
        {
            lock (_lock) _target = value;
        }
    }

    /// <summary>What the link does from now on.</summary>
    public LinkMode Mode
    {
        get
        {
            lock (_lock) return _mode;
        }
        set
        {
            lock (_lock)
            {
                _mode = value;
                if (value == LinkMode.BlackHole && _open.Task.IsCompleted)
                    _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                else if (value != LinkMode.BlackHole) _open.TrySetResult();
                if (value == LinkMode.Cut) foreach (var connection in _connections) connection.Reset();
            }
        }
    }

    /// <summary>Connections accepted so far, including those closed at once.</summary>
    public long Accepted => Volatile.Read(ref _accepted);

    /// <summary>Connections open now.</summary>
    public int Connections
    {
        get
        {
            lock (_lock) return _connections.Count;
        }
    }

    /// <summary>Bytes forwarded to the target.</summary>
    public long BytesUp => Volatile.Read(ref _bytesUp);

    /// <summary>Bytes forwarded from the target.</summary>
    public long BytesDown => Volatile.Read(ref _bytesDown);

    /// <summary>Resets everything and stops listening.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] running;
        lock (_lock)
        {
            _isClosed = true;
            _listener.Dispose();
            _open.TrySetResult();
            foreach (var connection in _connections) connection.Reset();
            running = [.. _running];
        }
        await Task.WhenAll(running).ConfigureAwait(false);
    }

    /// <summary>Returns at once unless the link is a black hole; then when it no longer is.</summary>
    internal Task WhenOpen()
    {
        lock (_lock) return _open.Task;
    }

    internal void CountUp(int bytes) => Interlocked.Add(ref _bytesUp, bytes);

    internal void CountDown(int bytes) => Interlocked.Add(ref _bytesDown, bytes);

    private static TaskCompletionSource Opened()
    {
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        open.SetResult();
        return open;
    }

    private async Task AcceptAsync()
    {
        await Task.Yield();
        try
        {
            while (true)
            {
                try
                {
                    Take(await _listener.AcceptAsync().ConfigureAwait(false));
                }
                catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionAborted or SocketError.ConnectionReset)
                {
                    // Gone before it was taken; the next one may stay.
                }
            }
        }
        catch (ObjectDisposedException)
        {
            // Disposed.
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.OperationAborted or SocketError.Interrupted or SocketError.InvalidArgument)
        {
            // Disposed.
        }
    }

    private void Take(Socket socket)
    {
        Interlocked.Increment(ref _accepted);
        lock (_lock)
        {
            if (_isClosed || _mode is LinkMode.Refuse or LinkMode.Cut || _connections.Count >= MaxConnections)
            {
                socket.Close();
                return;
            }
            var connection = new RelayedConnection(socket, this);
            _connections.Add(connection);
            if (_running.Count > 2 * _connections.Count + 8) _running.RemoveWhere(done => done.IsCompletedSuccessfully);
            _running.Add(RelayAsync(connection));
        }
    }

    private async Task RelayAsync(RelayedConnection connection)
    {
        await Task.Yield();
        try
        {
            await connection.RelayAsync().ConfigureAwait(false);
        }
        finally
        {
            lock (_lock) _connections.Remove(connection);
            connection.Dispose();
        }
    }
}
