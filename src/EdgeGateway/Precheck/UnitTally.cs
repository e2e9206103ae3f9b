using EdgeGateway.Config.Model;

namespace EdgeGateway.Precheck;

/// <summary>A unit of the plant with its signals: turns what was seen of them into rows, minute by minute, and these into hours and days.</summary>
internal sealed class UnitTally(PlantUnit unit, Outlet? outlet, Track[] tracks)
{
    private readonly PeriodTally[] _hour = [.. tracks.Select(_ => new PeriodTally())];
    private readonly PeriodTally[] _day = [.. tracks.Select(_ => new PeriodTally())];
    private readonly OutletGas? _gas = outlet is null ? null : new OutletGas(outlet);

    public PlantUnit Unit => unit;

    /// <summary>The outlet that the unit is; null for production and treatment.</summary>
    public Outlet? Outlet => outlet;

    public IReadOnlyList<Track> Tracks => tracks;

    public AggregateRow[] CloseMinute(long minute)
    {
        var rows = Array.ConvertAll(tracks, track => track.Close(minute));
        rows = _gas?.OfMinute(rows) ?? rows;
        for (var i = 0; i < rows.Length; i++) _hour[i].Add(rows[i]);
        return rows;
    }

    public AggregateRow[] CloseHour()
    {
        var rows = Close(_hour, AggregatePeriod.Hour);
        for (var i = 0; i < rows.Length; i++) _day[i].Add(rows[i]);
        return rows;
    }

    public AggregateRow[] CloseDay() => Close(_day, AggregatePeriod.Day);

    /// <summary>Takes back a row that was sealed before a restart: of a minute into the open hour, of an hour into the open day.</summary>
    public void TakeBack(AggregatePeriod of, AggregateRow row)
    {
        var tallies = of == AggregatePeriod.Minute ? _hour : _day;
        for (var i = 0; i < tracks.Length; i++)
            if (tracks[i].Binding == row.Binding) tallies[i].Add(row);
    }

    private AggregateRow[] Close(PeriodTally[] tallies, AggregatePeriod period)
    {
        var rows = tallies.Zip(tracks, (tally, track) => tally.Close(track, period)).ToArray();
        return _gas?.OfLonger(rows, period) ?? rows;
    }
}
