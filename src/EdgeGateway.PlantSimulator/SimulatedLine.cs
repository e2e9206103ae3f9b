using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using EdgeGateway.PlantSimulator.OpcUa;

namespace EdgeGateway.PlantSimulator;

/// <summary>
/// One socket, or serial port, that several devices share, told apart by unit id. Any number of masters up to <see cref="MaxConnections"/> may be
/// connected at once. On Modbus TCP a unit nobody has is answered with exception 0B, as a gateway to a serial line does.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "CloseAsync ends and lets go of what is held here.")]
internal sealed class SimulatedLine
{
    /// <summary>Connections beyond this are reset.</summary>
    public const int MaxConnections = 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<(LineWire Wire, byte Unit), SimulatedDevice> _byUnit = [];
    private readonly HashSet<ISlaveConversation> _connections = [];
    private readonly HashSet<Task> _running = [];
    private readonly IPAddress _address;
    private readonly string? _portPath;
    private readonly DialOut? _dialOut;
    private readonly CancellationTokenSource _closing = new();
    private TimeProvider? _time;
    private Socket? _guard;
    private Socket? _listener;
    private PseudoTerminal? _terminal;
    private ISlaveConversation? _pluggedIn;
    private LineFault _fault;
    private bool _isClosed;
    private long _accepted;
    private long _strayWrites;

    /// <summary>A line with its devices.</summary>
    /// <param name="name">Unique in the plant.</param>
    /// <param name="devices">The devices, each with its own unit id.</param>
    /// <param name="host">The address to listen on: <c>localhost</c> or an IP address.</param>
    /// <param name="port">The port; 0 takes a free one.</param>
    /// <param name="wire">The kind of frames.</param>
    /// <exception cref="ArgumentException">Two devices share a unit id.</exception>
    public SimulatedLine(
        string name, IReadOnlyList<SimulatedDevice> devices, string host = "127.0.0.1", int port = 0, LineWire wire = LineWire.Mbap)
    {
        Wire = wire;
        Name = name;
        Devices = devices;
        _address = host == "localhost" ? IPAddress.Loopback : IPAddress.Parse(host);
        EndPoint = new IPEndPoint(_address, port);
        foreach (var device in devices)
            if (!_byUnit.TryAdd((WireOf(device), device.Unit), device))
                throw new ArgumentException($"{name}: {_byUnit[(WireOf(device), device.Unit)].Name} and {device.Name} are both unit {device.Unit}", nameof(devices));
        if (Wires.Count() > 1 && Wires.Contains(LineWire.Mbap)) throw new ArgumentException($"{name}: Modbus TCP shares its stream with nothing", nameof(devices));
    }

    private SimulatedLine(string name, IReadOnlyList<SimulatedDevice> devices, LineWire wire, string portPath)
        : this(name, devices, wire: wire) => _portPath = portPath;

    private SimulatedLine(string name, IReadOnlyList<SimulatedDevice> devices, LineWire wire, DialOut dialOut)
        : this(name, devices, wire: wire) => (_dialOut, EndPoint) = (dialOut, dialOut.Target);

    /// <summary>A line on a serial port: a pseudo-terminal, with a link to it at <paramref name="path"/>. Linux only.</summary>
    /// <param name="name">Unique in the plant.</param>
    /// <param name="devices">The devices, each with its own unit id.</param>
    /// <param name="wire">The kind of frames, RTU or ASCII.</param>
    /// <param name="path">What the master opens; nothing may be there yet.</param>
    /// <param name="meters">Meters beside them; null for none.</param>
    /// <exception cref="ArgumentException">Two devices share a unit id.</exception>
    public static SimulatedLine OnPort(string name, IReadOnlyList<SimulatedDevice> devices, LineWire wire, string path, IReadOnlyList<SimulatedMeter>? meters = null) =>
        new(name, devices, wire, path) { Meters = meters ?? [] };

    /// <summary>A line that dials its master. Whatever it speaks, it speaks on one connection at a time.</summary>
    /// <param name="name">Unique in the plant.</param>
    /// <param name="devices">The devices, each with its own unit id.</param>
    /// <param name="wire">The kind of frames.</param>
    /// <param name="dialOut">Where to, and what is said there.</param>
    /// <param name="meters">Meters beside them; null for none.</param>
    /// <exception cref="ArgumentException">Two devices share a unit id.</exception>
    public static SimulatedLine Dialling(string name, IReadOnlyList<SimulatedDevice> devices, LineWire wire, DialOut dialOut, IReadOnlyList<SimulatedMeter>? meters = null) =>
        new(name, devices, wire, dialOut) { Meters = meters ?? [] };

    /// <summary>A line of meters that speak DL/T 645, behind a serial server.</summary>
    /// <param name="name">Unique in the plant.</param>
    /// <param name="meters">The meters.</param>
    /// <param name="host">The address to listen on: <c>localhost</c> or an IP address.</param>
    /// <param name="port">The port; 0 takes a free one.</param>
    public static SimulatedLine OfMeters(string name, IReadOnlyList<SimulatedMeter> meters, string host = "127.0.0.1", int port = 0) =>
        new(name, [], host, port, LineWire.Dlt645) { Meters = meters };

    /// <summary>A line of meters on a serial port, as <see cref="OnPort"/>. Linux only.</summary>
    /// <param name="name">Unique in the plant.</param>
    /// <param name="meters">The meters.</param>
    /// <param name="path">What the master opens; nothing may be there yet.</param>
    public static SimulatedLine OfMetersOnPort(string name, IReadOnlyList<SimulatedMeter> meters, string path) =>
        new(name, [], LineWire.Dlt645, path) { Meters = meters };

    /// <summary>A line that is an OPC UA server.</summary>
    /// <param name="server">The server with its devices; the line has its name.</param>
    /// <param name="host">The address to listen on: <c>localhost</c> or an IP address.</param>
    /// <param name="port">The port; 0 takes a free one.</param>
    public static SimulatedLine OfServer(SimulatedServer server, string host = "127.0.0.1", int port = 0) =>
        new(server.Name, [], host, port, LineWire.OpcUa) { Server = server };

    public string Name { get; }

    /// <summary>What a line file's <c>connect:</c> says, without a port's settings: <c>tcp://127.0.0.1:502</c>, <c>serial:///dev/ttyS1</c>.</summary>
    public string Address => _dialOut is not null ? $"listen://{EndPoint}" : _portPath is not null ? $"serial://{_portPath}" : Server is null ? $"tcp://{EndPoint}" : $"opc.tcp://{EndPoint}";

    /// <summary>The kind of frames, except for devices that have their own.</summary>
    public LineWire Wire { get; }

    public IReadOnlyList<SimulatedDevice> Devices { get; }

    /// <summary>The meters that speak DL/T 645; beside them may be slaves of Modbus in serial frames.</summary>
    public IReadOnlyList<SimulatedMeter> Meters { get; init; } = [];

    /// <summary>The OPC UA server that the line is; null for other lines.</summary>
    public SimulatedServer? Server { get; private init; }

    /// <summary>Where it listens, if on TCP; the port is the real one once the plant has started, and stays the same through faults. Where its master listens, if it dials.</summary>
    public IPEndPoint EndPoint { get; private set; }

    /// <summary>Connections accepted, or made, so far.</summary>
    public long Accepted => Volatile.Read(ref _accepted);

    /// <summary>Connections open now.</summary>
    public int Connections
    {
        get
        {
            lock (_lock) return _connections.Count;
        }
    }

    /// <summary>Requests of functions that write, to any unit.</summary>
    public long WriteRequests => Devices.Sum(device => device.WriteRequests) + Meters.Sum(meter => meter.WriteRequests) + (Server?.WriteRequests ?? 0) + Volatile.Read(ref _strayWrites);

    /// <summary>What is wrong with the line; in force when the setter returns. A port is pulled out by either fault.</summary>
    /// <exception cref="InvalidOperationException">The plant has not started.</exception>
    public LineFault Fault
    {
        get
        {
            lock (_lock) return _fault;
        }
        set
        {
            lock (_lock)
            {
                if (_time is null) throw new InvalidOperationException($"{Name}: start the plant first");
                _fault = value;
                if (value != LineFault.None) foreach (var connection in _connections) connection.Reset();
                if (value == LineFault.RefuseConnections || (_portPath is not null && value != LineFault.None)) StopListeningNeedsLock();
                else if (_portPath is not null && _terminal is null && !_isClosed) PlugInNeedsLock(_portPath, _time);
                else if (_portPath is null && _dialOut is null && _listener is null && !_isClosed) ListenNeedsLock(_time);
            }
        }
    }

    /// <summary>Starts to listen.</summary>
    internal void Open(TimeProvider time)
    {
        lock (_lock)
        {
            if (_time is not null) throw new InvalidOperationException($"{Name}: already started");
            if (_portPath is not null)
            {
                PlugInNeedsLock(_portPath, time);
            }
            else if (_dialOut is not null)
            {
                RunNeedsLock(DialAsync(_dialOut, time));
            }
            else if (EndPoint.Port != 0 || OperatingSystem.IsWindows())
            {
                // A port that was asked for stays exclusive: no second simulator may share it unnoticed.
                ListenNeedsLock(time);
            }
            else
            {
                // A second socket that is bound but does not listen keeps a free port ours while the line refuses connections.
                _guard = Bound(isShared: true);
                EndPoint = (IPEndPoint)_guard.LocalEndPoint!; // bound just now
                ListenNeedsLock(time);
            }
            _time = time;
            Server?.Start(Address, time);
        }
    }

    /// <summary>Ends all conversations and waits for them.</summary>
    internal async Task CloseAsync()
    {
        Task[] running;
        lock (_lock)
        {
            _isClosed = true;
            _closing.Cancel();
            StopListeningNeedsLock();
            _guard?.Dispose();
            foreach (var connection in _connections) connection.Reset();
            running = [.. _running];
        }
        await Task.WhenAll(running).ConfigureAwait(false);
        if (Server is not null && _time is not null) await Server.DisposeAsync().ConfigureAwait(false);
        _closing.Dispose();
    }

    /// <summary>The device of this unit id that speaks in these frames; null if there is none.</summary>
    internal SimulatedDevice? Unit(LineWire wire, byte unit) => _byUnit.GetValueOrDefault((wire, unit));

    /// <summary>Counts a question to a unit that is not there.</summary>
    internal void CountStray(byte function)
    {
        if (ModbusFunction.Writes(function)) Interlocked.Increment(ref _strayWrites);
    }

    /// <summary>Counts a question to a meter that is not there.</summary>
    internal void CountStrayMeter(byte control)
    {
        if (control is not (0x01 or 0x02 or 0x11 or 0x12 or 0x13)) Interlocked.Increment(ref _strayWrites);
    }

    private void ListenNeedsLock(TimeProvider time)
    {
        var listener = Bound(isShared: _guard is not null);
        listener.Listen(512);
        EndPoint = (IPEndPoint)listener.LocalEndPoint!; // bound just now
        _listener = listener;
        RunNeedsLock(AcceptAsync(listener, time));
    }

    private void PlugInNeedsLock(string path, TimeProvider time)
    {
        var terminal = new PseudoTerminal();
        try
        {
            File.CreateSymbolicLink(path, terminal.Path);
        }
        catch
        {
            terminal.Dispose();
            throw;
        }
        _terminal = terminal;
        Interlocked.Increment(ref _accepted);
        var slave = OnBus(terminal, terminal.Dispose, time);
        _pluggedIn = slave;
        _connections.Add(slave);
        RunNeedsLock(ServeAsync(slave));
    }

    private void StopListeningNeedsLock()
    {
        // The end of its conversation closes the terminal; here only its name goes.
        if (_terminal is not null) File.Delete(_portPath!); // not null: the terminal stands for it
        _terminal = null;
        _listener?.Dispose();
        _listener = null;
    }

    private Socket Bound(bool isShared)
    {
        var socket = new Socket(_address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (isShared) socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.Bind(EndPoint);
        return socket;
    }

    private async Task AcceptAsync(Socket listener, TimeProvider time)
    {
        await Task.Yield();
        try
        {
            while (true) Take(await listener.AcceptAsync().ConfigureAwait(false), listener, time);
        }
        catch (ObjectDisposedException)
        {
            // The line stopped listening.
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.OperationAborted or SocketError.Interrupted or SocketError.InvalidArgument)
        {
            // The line stopped listening.
        }
    }

    private void Take(Socket socket, Socket listener, TimeProvider time)
    {
        Interlocked.Increment(ref _accepted);
        lock (_lock)
        {
            // Accepted just as the line stopped listening, or one too many.
            if (_isClosed || _listener != listener || _connections.Count >= MaxConnections)
            {
                socket.Close(0);
                return;
            }
            var connection = Conversation(socket, time);
            _connections.Add(connection);
            RunNeedsLock(ServeAsync(connection));
        }
    }

    private async Task DialAsync(DialOut master, TimeProvider time)
    {
        await Task.Yield();
        try
        {
            while (true)
            {
                if (Fault != LineFault.RefuseConnections && await master.ConnectAsync(_closing.Token).ConfigureAwait(false) is { } socket)
                    await HoldAsync(master, socket, time).ConfigureAwait(false);
                await Task.Delay(DialOut.Rest, time, _closing.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The line closes.
        }
    }

    /// <summary>Serves one connection that this line has made, until it ends.</summary>
    private async Task HoldAsync(DialOut master, Socket socket, TimeProvider time)
    {
        ISlaveConversation connection;
        lock (_lock)
        {
            // Made just as the line was cut off.
            if (_isClosed || _fault == LineFault.RefuseConnections)
            {
                socket.Close(0);
                return;
            }
            Interlocked.Increment(ref _accepted);
            connection = Conversation(socket, time);
            _connections.Add(connection);
        }
        using var ended = new CancellationTokenSource();
        var beating = master.BeatAsync(socket, time, ended.Token);
        await ServeAsync(connection).ConfigureAwait(false);
        await ended.CancelAsync().ConfigureAwait(false);
        await beating.ConfigureAwait(false);
    }

    private ISlaveConversation Conversation(Socket socket, TimeProvider time)
    {
        if (Wires.Contains(LineWire.Mbap)) return new SlaveConnection(socket, this, time);
        socket.NoDelay = true;
        if (Server is not null) return new UaConnection(socket, Server, this, time);
        return OnBus(new NetworkStream(socket, ownsSocket: true), () => socket.Close(0), time);
    }

    private BusConversation OnBus(Stream link, Action hangUp, TimeProvider time)
    {
        var bus = new BusConversation(link, hangUp, this) { Speakers = [] };
        // Meters' frames are framed and summed, ASCII's are digits; what neither can read is for RTU.
        bus.Speakers = [.. Wires.OrderDescending().Select(IBusSpeaker (wire) => wire == LineWire.Dlt645 ? new MeterBus(bus, this, time) : new SerialSlave(bus, this, wire, time))];
        return bus;
    }

    private LineWire WireOf(SimulatedDevice device) => device.OwnWire ?? Wire;

    /// <summary>Everything that is spoken on the line.</summary>
    private IEnumerable<LineWire> Wires => Devices.Select(WireOf).Concat(Meters.Select(_ => LineWire.Dlt645)).DefaultIfEmpty(Wire).Distinct();

    private async Task ServeAsync(ISlaveConversation connection)
    {
        await Task.Yield();
        try
        {
            await connection.ServeAsync().ConfigureAwait(false);
        }
        finally
        {
            // Only connections in the set are reset from outside, so after this nobody holds it.
            lock (_lock) _connections.Remove(connection);
            connection.Dispose();
            PlugInAgain(connection);
        }
    }

    // A port whose conversation ended by a fault of a device comes back at once, as an adapter does that has reset itself.
    // One that ends late, when its port has been plugged in anew already, changes nothing.
    private void PlugInAgain(ISlaveConversation ended)
    {
        lock (_lock)
        {
            if (_isClosed || _terminal is null || _time is null || ended != _pluggedIn) return;
            StopListeningNeedsLock();
            PlugInNeedsLock(_portPath!, _time); // not null: the terminal stands for it
        }
    }

    // Conversations that ended well are forgotten; one that failed stays, so that closing the plant brings its exception to light.
    private void RunNeedsLock(Task task)
    {
        if (_running.Count > 2 * MaxConnections || _running.Count > 2 * _connections.Count + 8)
            _running.RemoveWhere(done => done.IsCompletedSuccessfully);
        _running.Add(task);
    }
}
