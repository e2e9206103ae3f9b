using System.Collections.Immutable;
using EdgeGateway.Config;
using EdgeGateway.Drivers;

namespace EdgeGateway.Precheck;

/// <summary>
/// Minute, hourly and daily aggregates of every signal that has a role in the plant (docs/wire.md §4.5), in event time. Sees every reading on its way to the record and
/// never alters one. A minute stays open for <see cref="Lateness"/>; what comes later is counted and left out, because the minute is sealed by then. Memory and work per
/// reading are constant. Not thread-safe: it is the recorder's.
/// </summary>
internal sealed class AggregateBook
{
    /// <summary>How long a minute waits for its last readings, ms, counted by the time of the newest reading. A reading of an OPC UA subscription may carry
    /// a time of up to 10 s ago (docs/decisions/0010).</summary>
    public const long Lateness = 20_000;

    // A reading's time is the gateway's own, so more than this ahead of the gateway's clock is none.
    private const long MostAhead = 1_000;

    private readonly List<UnitTally> _units = [];
    private readonly Dictionary<SignalGroup, Route[]> _routes = [];
    private readonly Dictionary<string, Route> _bySignal = new(StringComparer.Ordinal);
    private readonly List<ClosedPeriod> _closed = [];
    private readonly long[] _late = new long[3];
    private long? _open;
    private long _newest = long.MinValue;

    public AggregateBook(Plant plant)
    {
        if (plant.Model is not { } model) return;
        var signals = plant.Groups.SelectMany(group => group.Signals).ToDictionary(signal => signal.Id);
        var states = new Dictionary<SignalId, StateCell>();
        foreach (var unit in model.Units.Where(unit => !unit.Bindings.IsEmpty))
        {
            var tracks = unit.Bindings.Select(binding => (Signal: signals[binding.Signal], Binding: binding))
                .Select(bound => new Track(bound.Binding, bound.Signal, [.. bound.Signal.Status.Select(status => CellOf(states, status))])).ToArray();
            _units.Add(new UnitTally(unit, model.Outlets.FirstOrDefault(outlet => outlet.Unit == unit), tracks));
        }
        var tracksOf = _units.SelectMany(unit => unit.Tracks).ToLookup(track => track.Binding.Signal);
        foreach (var group in plant.Groups)
        {
            var routes = group.Signals.Select(signal => new Route([.. tracksOf[signal.Id]], states.GetValueOrDefault(signal.Id))).ToArray();
            if (routes.All(route => route.IsEmpty)) continue;
            _routes[group] = routes;
            for (var i = 0; i < routes.Length; i++) _bySignal[group.Signals[i].Id.Text] = routes[i];
        }
    }

    /// <summary>Units that have signals.</summary>
    public IReadOnlyList<UnitTally> Units => _units;

    /// <summary>False for a site without a plant model: then there is nothing to do.</summary>
    public bool HasUnits => _units.Count > 0;

    /// <summary>Start of the oldest minute that is open; null before the first reading.</summary>
    public long? Open => _open;

    /// <summary>Sees the readings of one answer.</summary>
    /// <param name="now">The gateway's clock, Unix ms.</param>
    public void See(ReadingBlock block, long now)
    {
        if (!_routes.TryGetValue(block.Group, out var routes)) return;
        var minute = MinuteFor(block.UtcMs, now);
        var readings = block.Readings;
        // The states of an answer first: they qualify the values of the same answer, wherever they stand in it.
        for (var i = 0; i < readings.Length; i++)
            if (routes[block.First + i].State is { } state) state.Flag = readings[i].Value.AsText is { } text ? DataFlags.Parse(text) : null;
        for (var i = 0; i < readings.Length; i++)
        {
            ref readonly var route = ref routes[block.First + i];
            if (minute is null) CountLate(route.Tracks.Length);
            else
                foreach (var track in route.Tracks) track.Add(minute.Value, readings[i]);
        }
    }

    /// <summary>Sees the state again that a signal told before a restart; those of an answer before its values.</summary>
    /// <param name="signal">Full name.</param>
    /// <param name="text">The sealed text; null for none.</param>
    public void SeeStateAgain(string signal, string? text)
    {
        if (_bySignal.TryGetValue(signal, out var route) && route.State is { } state) state.Flag = text is null ? null : DataFlags.Parse(text);
    }

    /// <summary>Sees a reading again that was sealed before a restart.</summary>
    /// <param name="signal">Full name.</param>
    /// <param name="at">When it was taken, Unix ms.</param>
    /// <param name="number">The sealed number; null for none.</param>
    /// <param name="quality">As sealed.</param>
    public void SeeAgain(string signal, long at, decimal? number, Quality quality)
    {
        if (!_bySignal.TryGetValue(signal, out var route)) return;
        // What is older is in a sealed minute, which has counted it.
        if (_open is not { } open || at < open || MinuteFor(at, at) is not { } minute) return;
        foreach (var track in route.Tracks) track.Add(minute, number ?? 0m, number is not null, quality);
    }

    /// <summary>Goes on with the minute that starts there; everything before it is closed.</summary>
    public void OpenAt(long minute) => _open = minute;

    /// <summary>Closes every minute that is over, with the hours and days that end with it.</summary>
    public void Advance()
    {
        while (_open is { } open && open + ChinaTime.Minute + Lateness <= _newest) CloseMinute(open, open + ChinaTime.Minute);
    }

    /// <summary>What was closed since the last call, in its order.</summary>
    public IReadOnlyList<ClosedPeriod> TakeClosed()
    {
        if (_closed.Count == 0) return [];
        var closed = _closed.ToArray();
        _closed.Clear();
        return closed;
    }

    private static StateCell CellOf(Dictionary<SignalId, StateCell> cells, SignalId status)
    {
        if (!cells.TryGetValue(status, out var cell)) cells[status] = cell = new StateCell();
        return cell;
    }

    /// <summary>The open minute of a reading; null if it has none.</summary>
    private long? MinuteFor(long at, long now)
    {
        if (at > now + MostAhead) return null;
        var minute = ChinaTime.StartOf(at, ChinaTime.Minute);
        _open ??= minute;
        if (minute < _open) return null;
        // The newest minutes are kept open. After a pause there is nothing in between: the minutes without any reading have no aggregate.
        for (var closed = 0; minute >= _open + Track.OpenMinutes * ChinaTime.Minute; closed++)
        {
            var next = closed < Track.OpenMinutes - 1 ? _open.Value + ChinaTime.Minute : minute;
            CloseMinute(_open.Value, next);
        }
        _newest = Math.Max(_newest, at);
        return minute;
    }

    private void CloseMinute(long minute, long next)
    {
        Close(AggregatePeriod.Minute, minute, 0, unit => unit.CloseMinute(minute));
        var hour = ChinaTime.StartOf(minute, ChinaTime.Hour);
        if (ChinaTime.StartOf(next, ChinaTime.Hour) != hour) Close(AggregatePeriod.Hour, hour, 1, unit => unit.CloseHour());
        var day = ChinaTime.StartOf(minute, ChinaTime.Day);
        if (ChinaTime.StartOf(next, ChinaTime.Day) != day) Close(AggregatePeriod.Day, day, 2, unit => unit.CloseDay());
        _open = next;
    }

    private void Close(AggregatePeriod period, long start, int level, Func<UnitTally, AggregateRow[]> close)
    {
        _closed.Add(new ClosedPeriod(period, start, _late[level], [.. _units.Select(unit => (unit, close(unit)))]));
        _late[level] = 0;
    }

    private void CountLate(int readings)
    {
        for (var i = 0; i < _late.Length; i++) _late[i] += readings;
    }

    /// <summary>Where the readings of one signal go.</summary>
    private readonly record struct Route(ImmutableArray<Track> Tracks, StateCell? State)
    {
        public bool IsEmpty => Tracks.IsEmpty && State is null;
    }
}
