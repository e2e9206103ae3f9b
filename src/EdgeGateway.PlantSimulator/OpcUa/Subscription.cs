namespace EdgeGateway.PlantSimulator.OpcUa;

/// <summary>
/// A subscription (OPC 10000-4, 5.14.1): at each cycle it has news, or nothing to say, or after long silence says that it lives; it goes when nobody listens for too long.
/// Touched only under the server's lock.
/// </summary>
/// <param name="id">Unique at the server.</param>
/// <param name="server">Who sends, and takes down what is told.</param>
/// <param name="nowMs">The server's clock.</param>
internal sealed class Subscription(uint id, SimulatedServer server, long nowMs)
{
    private const uint DataChange = 811;
    private readonly SortedDictionary<uint, byte[]> _kept = [];
    private readonly HashSet<uint> _told = [];
    private long _nextAt = nowMs;
    private uint _sequence = 1;
    private uint _silent;
    private uint _unheard;
    private bool _hasSpoken;

    public uint Id => id;

    /// <summary>Null after its session ended without it.</summary>
    public ServerSession? Session { get; set; }

    /// <summary>Whose it is, also while it has no session.</summary>
    public (string? User, string ClientUri, bool IsSigned) Owner { get; set; }

    public long IntervalMs { get; private set; } = 1000;

    public uint KeepAlives { get; private set; } = 10;

    public uint Lifetimes { get; private set; } = 30;

    public uint MostNews { get; private set; }

    public bool IsEnabled { get; set; } = true;

    public byte Priority { get; set; }

    public Dictionary<uint, MonitoredItem> Items { get; } = [];

    /// <summary>It wants to speak, and nobody has asked.</summary>
    public bool IsLate { get; private set; }

    /// <summary>Nobody has listened for its lifetime.</summary>
    public bool IsOver => _unheard >= Lifetimes;

    /// <summary>Numbers of the messages that can be had again, the lowest first.</summary>
    public IReadOnlyCollection<uint> Available => _kept.Keys;

    /// <summary>Takes what the client wants, as far as the server can.</summary>
    public void Set(double intervalMs, uint lifetimes, uint keepAlives, uint mostNews)
    {
        var tick = server.Settings.Tick.TotalMilliseconds;
        IntervalMs = (long)(Math.Ceiling((double.IsFinite(intervalMs) ? Math.Clamp(intervalMs, tick, 3_600_000) : tick) / tick) * tick);
        KeepAlives = Math.Clamp(keepAlives, 1, 10_000);
        Lifetimes = Math.Clamp(lifetimes, 3 * KeepAlives, 100_000);
        MostNews = mostNews == 0 ? 10_000 : Math.Min(mostNews, 10_000);
        _nextAt = Math.Min(_nextAt, server.NowMs) + IntervalMs;
        _unheard = 0;
    }

    /// <summary>Somebody has used a service of this subscription.</summary>
    public void Heard() => _unheard = 0;

    /// <summary>One step of the server's clock.</summary>
    public void Tick(long now)
    {
        foreach (var item in Items.Values) item.Sample(now, server.Fault.Kind == FaultKind.QueueOverflow);
        if (now < _nextAt) return;
        while (_nextAt <= now) _nextAt += IntervalMs;
        if (Session is null || Session.Waiting.Count == 0) _unheard++;
        if (HasNews || !_hasSpoken) IsLate = true;
        else if (++_silent >= KeepAlives) IsLate = true;
        Speak();
    }

    /// <summary>Says what there is to say, as long as somebody asks.</summary>
    public void Speak()
    {
        while (IsLate && Session?.TakeWaiting() is { } request) Say(request);
    }

    /// <summary>The message has arrived; false if there is none of this number.</summary>
    public bool Acknowledge(uint sequence) => _kept.Remove(sequence);

    /// <summary>A message again; null if it is not there any more.</summary>
    public byte[]? Again(uint sequence) => _kept.GetValueOrDefault(sequence);

    private bool HasNews => IsEnabled && Items.Values.Any(item => item.HasNews);

    private void Say(WaitingPublish request)
    {
        var message = new UaEncoder(server.Settings.MaxAnswer / 2);
        var hasNews = HasNews;
        message.WriteUInt32(_sequence);
        message.WriteInt64(server.Now.ToFileTime());
        message.WriteInt32(hasNews ? 1 : 0);
        _told.Clear();
        if (hasNews) message.WriteStructure(DataChange, News());
        TakeDownWhatHolds();
        var bytes = message.Written.ToArray();
        if (hasNews)
        {
            // A keep-alive has the number of the next message, and does not use it up.
            _kept.Add(_sequence, bytes);
            if (_kept.Count > server.Settings.MaxUnacknowledged) _kept.Remove(_kept.Keys.First());
            _sequence = _sequence == uint.MaxValue ? 1 : _sequence + 1;
        }
        (IsLate, _hasSpoken, _silent, _unheard) = (HasNews, true, 0, 0);
        server.Publish(request, id, Available, IsLate, bytes);
    }

    private ReadOnlySpan<byte> News()
    {
        var body = new UaEncoder(server.Settings.MaxAnswer / 2);
        var news = new List<(MonitoredItem Item, Told Told)>();
        foreach (var item in Items.Values)
            while (item.HasNews && news.Count < MostNews) news.Add((item, item.Take()));
        body.WriteAll(news, one =>
        {
            body.WriteUInt32(one.Item.ClientHandle);
            one.Told.Sample.Write(body, one.Item.Times);
            _told.Add(one.Item.Id);
            server.TakeDown(one.Item.Node, one.Told);
        });
        body.WriteNoDiagnostics();
        return body.Written;
    }

    // A message says of everything that it does not name that it still is as it was told last.
    private void TakeDownWhatHolds()
    {
        foreach (var item in Items.Values)
            if (item.Mode == 2 && item.LastTold is { } told && !_told.Contains(item.Id)) server.TakeDown(item.Node, told);
        server.CloseLedgerPage();
    }
}
