using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace EdgeGateway.Drivers.Links;

/// <summary>
/// One listening port and the lines that wait on it, told apart by the ids of their devices. A connection has a few seconds to say its id; the newest
/// connection of an id counts, because a modem that lost its network dials again while its old connection still looks open here. Strangers are refused and counted. Any thread.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Leave ends what is held here, with the last line.")]
internal sealed class DialInPort
{
    /// <summary>Connections that have not said their id yet; more are refused.</summary>
    public const int MaxUnknown = 64;

    /// <summary>Of those, from one address: nobody alone can keep the others out.</summary>
    public const int MaxUnknownOfSource = 16;

    private static readonly TimeSpan AfterFailure = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan Introduction = TimeSpan.FromSeconds(10);

    /// <summary>What comes right behind the id belongs to it: a line end, a first heartbeat.</summary>
    private static readonly TimeSpan Trail = TimeSpan.FromMilliseconds(200);

    private static readonly Lock Registry = new();
    private static readonly Dictionary<IPEndPoint, DialInPort> Open = [];

    private readonly Lock _lock = new();
    private readonly List<Place> _places = [];
    private readonly Socket _listener;
    private readonly CancellationTokenSource _ended = new();
    private readonly TimeProvider _time;
    private readonly IPEndPoint _local;
    private readonly List<IPAddress> _unknown = [];
    private long _strangers;
    private string? _lastStranger;

    private DialInPort(IPEndPoint local, TimeProvider time)
    {
        (_local, _time) = (local, time);
        try
        {
            _listener = new Socket(local.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            _listener.Bind(local);
            _listener.Listen(MaxUnknown);
        }
        catch (SocketException e)
        {
            _listener?.Dispose();
            throw new LineDownException($"{DialInAddress.Scheme}://{local} cannot be listened on: {e.Message}", e);
        }
    }

    /// <summary>Who else came, for messages; empty if nobody.</summary>
    public string Strangers
    {
        get
        {
            lock (_lock) return _lastStranger is null ? "" : $". Refused so far: {_strangers}, the last one {_lastStranger}";
        }
    }

    /// <summary>A place for a line's device on its port, which is opened for the first.</summary>
    /// <exception cref="LineDownException">The port cannot be listened on.</exception>
    public static DialInPort Enter(DialInAddress address, TimeProvider time)
    {
        lock (Registry)
        {
            if (!Open.TryGetValue(address.Local, out var port))
            {
                port = new DialInPort(address.Local, time);
                Open.Add(address.Local, port);
                _ = Task.Run(port.AcceptAsync);
            }
            lock (port._lock) port._places.Add(new Place(address));
            return port;
        }
    }

    /// <summary>Gives the place back; the port closes with the last.</summary>
    public void Leave(DialInAddress address)
    {
        lock (Registry)
        {
            lock (_lock)
            {
                foreach (var place in _places.Where(place => place.Address == address)) place.Take()?.Dispose();
                _places.RemoveAll(place => place.Address == address);
                if (_places.Count > 0) return;
            }
            Open.Remove(_local);
        }
        _ended.Cancel();
        _listener.Dispose();
    }

    /// <summary>The newest connection with this id; null if none comes in time.</summary>
    public async ValueTask<Stream?> WaitAsync(DialInAddress address, TimeSpan wait, CancellationToken cancellationToken)
    {
        Place place;
        lock (_lock) place = _places.First(place => place.Address == address);
        await place.Arrived.WaitAsync(wait, cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            if (place.Take() is not { } socket) return null;
            return place.Serve(new DialInStream(socket, address.Heartbeat));
        }
    }

    private async Task AcceptAsync()
    {
        while (!_ended.IsCancellationRequested)
        {
            try
            {
                Greet(await _listener.AcceptAsync(_ended.Token).ConfigureAwait(false));
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e)
            {
                // One caller gave up before it was answered, or the computer is short of something: that does not mend in an instant.
                lock (_lock) _lastStranger = $"could not be taken: {e.Message}";
                await Pause().ConfigureAwait(false);
            }
        }
    }

    private async Task Pause()
    {
        try
        {
            await Task.Delay(AfterFailure, _time, _ended.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The port has closed: the condition of the loop tells.
        }
    }

    private void Greet(Socket socket)
    {
        var source = ((IPEndPoint)socket.RemoteEndPoint!).Address; // not null: accepted
        lock (_lock)
        {
            if (!_places.Exists(place => place.Address.Allows(source))) Refuse(socket, $"from {source}, which is not allowed");
            else if (_unknown.Count >= MaxUnknown || _unknown.Count(other => other.Equals(source)) >= MaxUnknownOfSource) Refuse(socket, $"from {source}: too many at once");
            else
            {
                _unknown.Add(source);
                _ = IntroduceAsync(socket, source);
            }
        }
    }

    private async Task IntroduceAsync(Socket socket, IPAddress source)
    {
        var isPlaced = false;
        var heard = new byte[4 * DialInAddress.MaxBytes];
        var count = 0;
        try
        {
            SocketCare.Apply(socket);
            using var patience = new CancellationTokenSource(Introduction, _time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _ended.Token);
            Place? place = null;
            while (place is null && count < DialInAddress.MaxBytes)
            {
                var read = await socket.ReceiveAsync(heard.AsMemory(count), both.Token).ConfigureAwait(false);
                if (read == 0) break;
                count += read;
                lock (_lock) place = _places.Find(one => heard.AsSpan(0, count).StartsWith(one.Address.Id) && one.Address.Allows(source));
            }
            if (place is null) return;
            await Task.Delay(Trail, _time, both.Token).ConfigureAwait(false);
            while (socket.Available > 0 && count < heard.Length) count += await socket.ReceiveAsync(heard.AsMemory(count), both.Token).ConfigureAwait(false);
            if (!place.Address.IsTrail(heard.AsSpan(place.Address.Id.Length, count - place.Address.Id.Length))) return;
            // It may have left again: then it takes nobody's place.
            if (socket.Poll(TimeSpan.Zero, SelectMode.SelectRead) && socket.Available == 0) return;
            lock (_lock)
            {
                if (!_places.Contains(place)) return;
                place.Put(socket);
                isPlaced = true;
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // It left, said nothing in time, or the port has closed: refused below.
        }
        finally
        {
            lock (_lock)
            {
                _unknown.Remove(source);
                if (!isPlaced) Refuse(socket, count == 0 ? $"from {source}, without a word" : $"from {source}, which said {DialInAddress.TextOf(heard.AsSpan(0, Math.Min(count, 16)))}");
            }
        }
    }

    private void Refuse(Socket socket, string who)
    {
        _strangers++;
        _lastStranger = who;
        socket.Dispose();
    }

    /// <summary>One line's place on the port. Its members are used under the port's lock, but for <see cref="Arrived"/>.</summary>
    private sealed class Place(DialInAddress address)
    {
        private Socket? _waiting;
        private DialInStream? _served;

        public DialInAddress Address { get; } = address;

        /// <summary>Counts to one when a connection is there to be taken.</summary>
        public SemaphoreSlim Arrived { get; } = new(0, 1);

        public void Put(Socket socket)
        {
            _waiting?.Dispose();
            _waiting = socket;
            // The line notices at its next question, and takes the new one.
            _served?.Dispose();
            _served = null;
            if (Arrived.CurrentCount == 0) Arrived.Release();
        }

        public Socket? Take()
        {
            var socket = _waiting;
            _waiting = null;
            return socket;
        }

        public DialInStream Serve(DialInStream stream) => _served = stream;
    }
}
