using System.Collections.Immutable;

namespace EdgeGateway.Precheck;

/// <summary>The sealed minutes of an hour, or hours of a day, of one signal.</summary>
internal sealed class PeriodTally
{
    private readonly int[] _flags = new int[DataFlags.Count];
    private int _seen;
    private int _valid;
    private decimal _sum;
    private decimal? _min;
    private decimal? _max;
    private Part _dry;
    private Part _reference;
    private Part _mass;
    private string _why = "";

    /// <summary>Takes a row of the period below, as it was sealed.</summary>
    public void Add(AggregateRow row)
    {
        if (row.Seen > 0)
        {
            _seen++;
            _flags[(int)row.Flag]++;
        }
        if (!row.IsNormal || row.Mean is not { } mean) return;
        _valid++;
        _sum += mean;
        _min = _min is { } min && min < row.Min ? min : row.Min;
        _max = _max is { } max && max > row.Max ? max : row.Max;
        _dry.Add(row.Dry);
        _reference.Add(row.Reference);
        _mass.Add(row.Mass);
        if (row.Why.Length > 0) _why = row.Why;
    }

    /// <summary>The period as it stands, and forgets it.</summary>
    public AggregateRow Close(Track track, AggregatePeriod period)
    {
        var row = new AggregateRow
        {
            Binding = track.Binding,
            Flag = AggregateRow.FlagOf(_valid >= period.Needed, _flags, period.Due - _seen),
            Due = period.Due,
            Seen = _seen,
            Valid = _valid,
            Flags = [.. _flags],
            Mean = _valid == 0 ? null : AggregateRow.Rounded(_sum / _valid),
            Min = _min,
            Max = _max,
            Dry = _dry.Mean,
            Reference = _reference.Mean,
            ReferenceValid = _reference.Count,
            Mass = period == AggregatePeriod.Day && _mass.Count >= period.Needed ? _mass.Sum : null,
            Why = _why,
        };
        Clear();
        return row;
    }

    private void Clear()
    {
        Array.Clear(_flags);
        (_seen, _valid, _sum, _min, _max) = (0, 0, 0m, null, null);
        (_dry, _reference, _mass, _why) = (default, default, default, "");
    }

    /// <summary>Sum and count of what not every row has.</summary>
    private struct Part
    {
        public decimal Sum { get; private set; }

        public int Count { get; private set; }

        public readonly decimal? Mean => Count == 0 ? null : AggregateRow.Rounded(Sum / Count);

        public void Add(decimal? value)
        {
            if (value is not { } number) return;
            Sum += number;
            Count++;
        }
    }
}
