using System.Security.Cryptography;

namespace EdgeGateway.PlantSimulator.OpcUa;

/// <summary>
/// An OPC UA server with the devices of one line: transport, security, sessions, the services that read, subscriptions and history. It has no service that writes. Everything happens
/// under one lock, at requests and at the ticks of its clock; any thread may call.
/// </summary>
internal sealed class SimulatedServer : IAsyncDisposable
{
    private const uint Fault397 = 397;
    private static readonly TimeSpan UnactivatedPatience = TimeSpan.FromSeconds(10);
    private static readonly uint[] Writing = [488, 494, 500, 506, 673, 700, 712];

    private readonly Lock _lock = new();
    private readonly Dictionary<uint, Service> _services = [];
    private readonly List<ServedEntry> _served = [];
    private readonly HashSet<UaConnection> _connections = [];
    private readonly CancellationTokenSource _ended = new();
    private ServedLedger? _ledger;
    private TimeProvider _time = TimeProvider.System;
    private ServerIdentity? _identity;
    private AddressSpace? _space;
    private Task _running = Task.CompletedTask;
    private volatile Fault _fault = Fault.None;
    private long _startedAt;
    private long _nextScanMs;
    private uint _channels;
    private uint _numbers;
    private int _shift;
    private long _requests;
    private long _writeRequests;

    /// <summary>A server with its devices.</summary>
    public SimulatedServer(string name, IReadOnlyList<UaDevice> devices, ServerSettings? settings = null)
    {
        (Name, Devices, Settings) = (name, devices, settings ?? new ServerSettings());
        foreach (var (request, service) in new[]
        {
            new DiscoveryServices(this).All, new SessionServices(this).All, new ViewServices(this).All, new AttributeServices(this).All, new HistoryServices(this).All,
            new SubscriptionServices(this).All, new ItemServices(this).All,
        }.SelectMany(set => set)) _services.Add(request, service);
    }

    public string Name { get; }

    public IReadOnlyList<UaDevice> Devices { get; }

    public ServerSettings Settings { get; }

    /// <summary>Where it says that it is found.</summary>
    public string Url { get; private set; } = "";

    /// <summary>
    /// What is wrong with the server as a whole: <see cref="FaultKind.Silent"/>, <see cref="FaultKind.SlowReply"/>, <see cref="FaultKind.WrongCertificate"/>,
    /// <see cref="FaultKind.QueueOverflow"/>.
    /// </summary>
    public Fault Fault
    {
        get => _fault;
        set => _fault = value;
    }

    /// <summary>SHA-256 of the certificate, in pairs with colons.</summary>
    public string Fingerprint => Identity.Fingerprint;

    /// <summary>Requests of any service.</summary>
    public long Requests => Volatile.Read(ref _requests);

    /// <summary>Requests of services that write, call or change; all are refused. A gateway that only reads leaves this at 0.</summary>
    public long WriteRequests => Volatile.Read(ref _writeRequests);

    /// <summary>Sessions open now.</summary>
    public int SessionCount
    {
        get
        {
            lock (_lock) return Sessions.Count;
        }
    }

    /// <summary>Subscriptions that live now.</summary>
    public int SubscriptionCount
    {
        get
        {
            lock (_lock) return Subscriptions.Count;
        }
    }

    internal ServerIdentity Identity => _identity ?? throw new InvalidOperationException($"{Name}: start the plant first");

    internal AddressSpace Space => _space ?? throw new InvalidOperationException($"{Name}: start the plant first");

    internal Dictionary<NodeKey, ServerSession> Sessions { get; } = [];

    internal Dictionary<uint, Subscription> Subscriptions { get; } = [];

    internal TimeProvider Time => _time;

    internal DateTimeOffset Now => _time.GetUtcNow();

    /// <summary>Milliseconds since the start, by a clock that nobody sets.</summary>
    internal long NowMs => (long)_time.GetElapsedTime(_startedAt).TotalMilliseconds;

    /// <summary>
    /// As after a restart: connections, sessions and subscriptions are gone, values and history stay.
    /// </summary>
    /// <param name="shiftNamespaces">The namespaces have other indices than before.</param>
    /// <param name="newCertificate">The server has another certificate.</param>
    public void Restart(bool shiftNamespaces = false, bool newCertificate = false)
    {
        lock (_lock)
        {
            foreach (var connection in _connections) connection.Reset();
            Sessions.Clear();
            Subscriptions.Clear();
            if (shiftNamespaces) _shift++;
            if (newCertificate) _identity = ServerIdentity.Create(Name, Settings, _time); // conversations that end may still use the old one
            BuildNeedsLock();
        }
    }

    /// <summary>Makes the values of seed <paramref name="seed"/> and has <paramref name="ledger"/> (if any) take down what is served.</summary>
    internal void Prepare(ulong seed, ServedLedger? ledger)
    {
        _ledger = ledger;
        foreach (var device in Devices) device.Prepare(seed, ledger, Settings.History);
    }

    /// <summary>Starts the clock. Clients may come once this has returned.</summary>
    internal void Start(string url, TimeProvider time)
    {
        lock (_lock)
        {
            (Url, _time, _startedAt) = (url, time, time.GetTimestamp());
            _identity ??= ServerIdentity.LoadOrCreate(Name, Settings, time);
            BuildNeedsLock();
            TickNeedsLock();
        }
        _running = RunAsync();
    }

    /// <summary>Stops the clock; nobody may be connected any more.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _ended.Dispose();
        _identity?.Dispose();
    }

    internal ServerChannel NewChannel()
    {
        lock (_lock) return new ServerChannel(++_channels, Identity, Settings, _time);
    }

    /// <summary>A connection has begun; false if there are too many.</summary>
    internal bool Admit(UaConnection connection)
    {
        lock (_lock) return _connections.Count < Settings.MaxConnections && _connections.Add(connection);
    }

    /// <summary>A connection has ended; its sessions may come back on another.</summary>
    internal void Forget(UaConnection connection)
    {
        lock (_lock)
        {
            _connections.Remove(connection);
            foreach (var session in Sessions.Values.Where(session => session.Connection == connection))
            {
                session.Connection = null;
                session.Waiting.Clear();
            }
        }
    }

    /// <summary>Serves a request to open or renew a channel; the body of the answer.</summary>
    internal byte[] Open(ServerChannel channel, UaDecoder request)
    {
        if (request.ReadNodeId() != NodeKey.Of(446)) throw new UaFault(UaStatus.BadDecodingError, "no request to open a channel");
        var (handle, _, _) = ReadHead(request);
        var answer = new UaEncoder(4096);
        WriteHead(answer, 449, handle, UaStatus.Good);
        channel.Grant(request, answer);
        return answer.Written.ToArray();
    }

    /// <summary>Serves a request, or says why not.</summary>
    internal void Take(UaConnection connection, uint requestId, byte[] request)
    {
        Interlocked.Increment(ref _requests);
        lock (_lock)
        {
            var reader = new UaDecoder(request);
            var handle = 0u;
            try
            {
                var type = reader.ReadNodeId();
                (handle, var token, var patience) = ReadHead(reader);
                if (type.Kind != 'i' || type.Namespace != 0 || !_services.TryGetValue(type.Number, out var service)) throw Unsupported(type);
                var call = new ServiceCall(connection, requestId, handle, token, patience);
                if (service.Needs != ServiceNeed.Nothing) call = call with { Session = SessionOfNeedsLock(call, service.Needs) };
                var answer = new UaEncoder(Settings.MaxAnswer);
                WriteHead(answer, service.AnswerId, handle, UaStatus.Good);
                service.Serve(call, reader, answer);
                if (!call.IsHeld) connection.Answer(requestId, answer.Written);
            }
            catch (UaFault e)
            {
                Refuse(connection, requestId, handle, e.Status);
            }
            CloseLedgerPage();
        }
    }

    /// <summary>Answers a request for news.</summary>
    internal void Publish(WaitingPublish request, uint subscription, IReadOnlyCollection<uint> available, bool hasMore, ReadOnlySpan<byte> message)
    {
        var answer = new UaEncoder(Settings.MaxAnswer);
        WriteHead(answer, 829, request.Call.Handle, UaStatus.Good);
        answer.WriteUInt32(subscription);
        answer.WriteAll(available, answer.WriteUInt32);
        answer.WriteBoolean(hasMore);
        answer.WriteRaw(message);
        answer.WriteAll(request.Results, answer.WriteUInt32);
        answer.WriteNoDiagnostics();
        request.Call.Connection.Answer(request.Call.RequestId, answer.Written);
    }

    internal void Refuse(UaConnection connection, uint requestId, uint handle, uint status)
    {
        var answer = new UaEncoder(64);
        WriteHead(answer, Fault397, handle, status);
        connection.Answer(requestId, answer.Written);
    }

    /// <summary>Ends a subscription; its session gets to know why, if it is to.</summary>
    internal void Delete(Subscription subscription, uint? lastWord = null)
    {
        Subscriptions.Remove(subscription.Id);
        if (subscription.Session is not { } session) return;
        session.Subscriptions.Remove(subscription);
        if (lastWord is { } status) SayLast(session, subscription.Id, status);
        if (session.Subscriptions.Count == 0 && session.LastWords.Count == 0)
            while (session.TakeWaiting() is { } request) Refuse(request.Call.Connection, request.Call.RequestId, request.Call.Handle, UaStatus.BadNoSubscription);
    }

    /// <summary>The last message of a subscription to a session that has it no more.</summary>
    internal void SayLast(ServerSession session, uint subscription, uint status)
    {
        if (session.LastWords.Count < Settings.MaxSubscriptions) session.LastWords.Enqueue((subscription, status));
        SayLast(session);
    }

    internal void SayLast(ServerSession session)
    {
        while (session.LastWords.Count > 0 && session.TakeWaiting() is { } request)
        {
            var (subscription, status) = session.LastWords.Dequeue();
            var message = new UaEncoder(64);
            message.WriteUInt32(1);
            message.WriteInt64(Now.ToFileTime());
            message.WriteInt32(1);
            message.WriteStructure(820, [.. BitConverter.GetBytes(status), 0]);
            Publish(request, subscription, [], false, message.Written);
        }
    }

    internal void Close(ServerSession session, bool deleteSubscriptions)
    {
        Sessions.Remove(session.Token);
        foreach (var request in session.Waiting) Refuse(request.Call.Connection, request.Call.RequestId, request.Call.Handle, UaStatus.BadSessionClosed);
        session.Waiting.Clear();
        foreach (var subscription in session.Subscriptions.ToList())
        {
            if (deleteSubscriptions) Delete(subscription);
            else subscription.Session = null;
        }
    }

    /// <summary>A number nobody has had yet.</summary>
    internal uint NextNumber() => ++_numbers;

    /// <summary>A value is on its way to a client.</summary>
    internal void TakeDown(UaNode node, Told told)
    {
        if (node.Variable is not { } variable) return;
        node.Device?.CountAnswer();
        if (_ledger is not null) variable.TakeDown(told, _served);
    }

    /// <summary>What was taken down since is in one answer.</summary>
    internal void CloseLedgerPage()
    {
        if (_served.Count == 0) return;
        _ledger?.Append(_served, Now.ToUnixTimeMilliseconds(), FaultKind.None);
        _served.Clear();
    }

    private ServerSession SessionOfNeedsLock(ServiceCall call, ServiceNeed need)
    {
        if (!Sessions.TryGetValue(call.Token, out var session)) throw new UaFault(UaStatus.BadSessionIdInvalid, "no such session");
        session.HeardAt = _time.GetTimestamp();
        if (need == ServiceNeed.Session) return session;
        if (!session.IsActive) throw new UaFault(UaStatus.BadSessionNotActivated, "nobody has said who the user is");
        return session.Connection == call.Connection ? session : throw new UaFault(UaStatus.BadSecureChannelIdInvalid, "the session is on another channel");
    }

    private UaFault Unsupported(NodeKey type)
    {
        if (Writing.Contains(type.Number)) Interlocked.Increment(ref _writeRequests);
        return new UaFault(UaStatus.BadServiceUnsupported, $"service {type}");
    }

    private static (uint Handle, NodeKey Token, uint Patience) ReadHead(UaDecoder reader)
    {
        var token = reader.ReadNodeId();
        reader.ReadInt64();
        var handle = reader.ReadUInt32();
        reader.ReadUInt32();
        reader.ReadString();
        var patience = reader.ReadUInt32();
        reader.ReadStructure();
        return (handle, token, patience);
    }

    private void WriteHead(UaEncoder answer, uint answerId, uint handle, uint status)
    {
        answer.WriteNodeId(NodeKey.Of(answerId));
        answer.WriteInt64(Now.ToFileTime());
        answer.WriteUInt32(handle);
        answer.WriteUInt32(status);
        answer.WriteByte(0);
        answer.WriteInt32(-1);
        answer.WriteNodeId(NodeKey.Null);
        answer.WriteByte(0);
    }

    private void BuildNeedsLock()
    {
        var plant = Devices.SelectMany(device => device.Points).Select(point => point.NamespaceUri).Distinct();
        // Other namespaces in front of the plant's, and the plant's in another order: no index stays what it was.
        var others = Enumerable.Range(1, _shift % 4).Select(number => $"{Settings.ApplicationUri}:module-{number}");
        IEnumerable<string> namespaces = ["http://opcfoundation.org/UA/", Settings.ApplicationUri, .. others, .. _shift % 2 == 0 ? plant : plant.Reverse()];
        _space = new AddressSpace([.. namespaces.Distinct()], Devices);
        ServerObject.AddTo(_space, this, Now, _time);
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Settings.Tick, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_ended.Token).ConfigureAwait(false))
            {
                lock (_lock) TickNeedsLock();
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    private void TickNeedsLock()
    {
        var now = NowMs;
        if (now >= _nextScanMs)
        {
            foreach (var device in Devices) device.Scan(Now);
            while (_nextScanMs <= now) _nextScanMs += (long)Settings.Scan.TotalMilliseconds;
        }
        if (Fault.Kind != FaultKind.Silent)
        {
            foreach (var subscription in Subscriptions.Values) subscription.Tick(now);
        }
        foreach (var over in Subscriptions.Values.Where(subscription => subscription.IsOver).ToList()) Delete(over, UaStatus.BadTimeout);
        foreach (var session in Sessions.Values.Where(IsOver).ToList()) Close(session, deleteSubscriptions: false);
        foreach (var session in Sessions.Values) LoseImpatient(session);
        foreach (var connection in _connections.Where(connection => connection.Channel.IsOver)) connection.Reset();
    }

    private bool IsOver(ServerSession session) => _time.GetElapsedTime(session.HeardAt) > (session.IsActive ? session.Timeout : UnactivatedPatience);

    private void LoseImpatient(ServerSession session)
    {
        for (var at = session.Waiting.First; at is not null;)
        {
            var (next, request) = (at.Next, at.Value);
            if (request.Call.Patience > 0 && _time.GetElapsedTime(request.TakenAt).TotalMilliseconds > request.Call.Patience)
            {
                session.Waiting.Remove(at);
                Refuse(request.Call.Connection, request.Call.RequestId, request.Call.Handle, UaStatus.BadTimeout);
            }
            at = next;
        }
    }

    /// <summary>Fresh bytes that nobody can guess.</summary>
    internal static byte[] Nonce() => RandomNumberGenerator.GetBytes(32);
}
