using System.Collections.Immutable;

namespace EdgeGateway.Uplink;

/// <summary>
/// Which broker is tried next, and when: in the order of the configuration, with full-jitter back-off so that a city of gateways does not come back at
/// once. A broker that has to be left alone rests by itself and holds none of the others back.
/// </summary>
internal sealed class BrokerRoster(ImmutableArray<Uri> urls, TimeProvider time, Random random)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan ShortestDelay = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan StableAfter = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LeaveAlone = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ForPeople = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ForPeopleAtMost = TimeSpan.FromMinutes(60);
    private static readonly TimeSpan GiveWayAtMost = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan OneFight = TimeSpan.FromHours(1);

    private readonly Entry[] _entries = [.. urls.Select(url => new Entry(url))];
    private int _preferred;
    private int _current;
    private int _failures;

    /// <summary>The broker whose turn it is.</summary>
    public Uri Current => _entries[_current].Url;

    /// <summary>How long to wait before the next attempt, at <see cref="Current"/>.</summary>
    public TimeSpan Wait { get; private set; }

    /// <summary>True if <see cref="Current"/> has to be left alone for a while.</summary>
    public bool IsResting => RestOf(_entries[_current]) > TimeSpan.Zero;

    /// <summary>How long a broker still has to be left alone; zero or less if it has not.</summary>
    public TimeSpan RestOf(Uri url) => RestOf(_entries[urls.IndexOf(url)]);

    /// <summary>The attempt at <see cref="Current"/> failed, or its connection is lost: chooses the next one.</summary>
    /// <param name="remedy">What the loss calls for.</param>
    /// <param name="connectedFor">How long the connection had lasted; null if there was none.</param>
    public void Lost(Remedy remedy, TimeSpan? connectedFor)
    {
        var lost = _entries[_current];
        if (connectedFor is not null) lost.Refusals = 0;
        lost.RestSince = time.GetTimestamp();
        lost.Rest = RestFor(remedy, lost);
        var wasStable = connectedFor > StableAfter;
        _failures = wasStable ? 0 : _failures + 1;
        // A connection that had lasted is no reason against the broker that is preferred.
        _preferred = wasStable ? 0 : (_current + 1) % _entries.Length;
        _current = Choose();
        var rest = RestOf(_entries[_current]);
        var backOff = BackOff();
        Wait = rest > backOff ? rest : backOff;
    }

    private int Choose()
    {
        var inTurn = Enumerable.Range(0, _entries.Length).Select(i => (_preferred + i) % _entries.Length).ToList();
        return inTurn.FindIndex(i => RestOf(_entries[i]) <= TimeSpan.Zero) is >= 0 and var ready ? inTurn[ready] : inTurn.MinBy(i => RestOf(_entries[i]));
    }

    private TimeSpan RestFor(Remedy remedy, Entry broker) => remedy switch
    {
        Remedy.LeaveAlone or Remedy.GoToNext => LeaveAlone + LeaveAlone * random.NextDouble(),
        Remedy.GiveWay => GiveWay(broker),
        Remedy.WaitForPeople => ForPeopleFrom(broker.Refusals++),
        _ => TimeSpan.Zero,
    };

    /// <summary>
    /// Once, it is most likely an earlier connection of our own that a relay held back and lets go now: it is over in a moment. A second time
    /// within the hour there is somebody else, and nobody wins by fighting.
    /// </summary>
    private TimeSpan GiveWay(Entry broker)
    {
        var isAgain = broker.TakenOverAt is { } at && time.GetElapsedTime(at) < OneFight;
        broker.TakenOverAt = time.GetTimestamp();
        return isAgain ? ForPeople + (GiveWayAtMost - ForPeople) * random.NextDouble() : LeaveAlone + LeaveAlone * random.NextDouble();
    }

    /// <summary>At least 5 min, at most twice as long each time up to 60 min.</summary>
    private TimeSpan ForPeopleFrom(int refusals)
    {
        var doubled = ForPeople * Math.Pow(2, Math.Min(refusals + 1, 10));
        var most = doubled < ForPeopleAtMost ? doubled : ForPeopleAtMost;
        var least = most / 2;
        return least + (most - least) * random.NextDouble();
    }

    /// <summary>Full jitter: anywhere between nothing and the doubled delay, so that thousands of gateways spread out.</summary>
    private TimeSpan BackOff()
    {
        var most = FirstDelay * Math.Pow(2, Math.Min(_failures, 20));
        var delay = (most < LongestDelay ? most : LongestDelay) * random.NextDouble();
        return delay > ShortestDelay ? delay : ShortestDelay;
    }

    private TimeSpan RestOf(Entry broker) => broker.Rest > TimeSpan.Zero ? broker.Rest - time.GetElapsedTime(broker.RestSince) : TimeSpan.Zero;

    private sealed class Entry(Uri url)
    {
        public Uri Url { get; } = url;

        public long RestSince { get; set; }

        public TimeSpan Rest { get; set; }

        /// <summary>When another client took over our session here last.</summary>
        public long? TakenOverAt { get; set; }

        /// <summary>In a row, of the kind that a person has to mend.</summary>
        public int Refusals { get; set; }
    }
}
