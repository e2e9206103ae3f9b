using System.Collections.Immutable;
using EdgeGateway.Config;
using EdgeGateway.Config.Model;
using EdgeGateway.Drivers;

namespace EdgeGateway.Precheck;

/// <summary>One signal in one role: the minutes of it that are still open.</summary>
/// <param name="binding">The signal and its role.</param>
/// <param name="signal">What its map says of it.</param>
/// <param name="states">The status signals that qualify it, the one that decides first.</param>
internal sealed class Track(RoleBinding binding, Signal signal, ImmutableArray<StateCell> states)
{
    /// <summary>The most minutes that can be open.</summary>
    public const int OpenMinutes = 4;

    // Three quarters of what was due must be normal (HJ 212-2017 App. D).
    private const int EnoughOf = 3;
    private const int EnoughIn = 4;

    private readonly MinuteTally[] _minutes = [.. Enumerable.Range(0, OpenMinutes).Select(_ => new MinuteTally())];
    private readonly int _due = Math.Max(1, (int)(ChinaTime.Minute / (long)binding.Period.TotalMilliseconds));

    public RoleBinding Binding => binding;

    /// <summary>Takes one reading. Allocates nothing.</summary>
    public void Add(long minute, in Reading reading)
    {
        var hasNumber = ExactNumber.TryOf(reading.Value, out var value);
        Add(minute, value, hasNumber, reading.Quality);
    }

    /// <summary>The same, of a value that was read from a payload.</summary>
    public void Add(long minute, decimal value, bool hasNumber, Quality quality) => Of(minute).Add(FlagOf(value, hasNumber, quality), value);

    /// <summary>The minute as it stands, and forgets it.</summary>
    public AggregateRow Close(long minute)
    {
        var tally = Of(minute);
        var isEnough = tally.Valid > 0 && tally.Valid * EnoughIn >= _due * EnoughOf;
        var row = new AggregateRow
        {
            Binding = binding,
            Flag = AggregateRow.FlagOf(isEnough, tally.Flags, _due - tally.Seen),
            Due = _due,
            Seen = tally.Seen,
            Valid = tally.Valid,
            Flags = [.. tally.Flags],
            Mean = tally.Valid == 0 ? null : InRole(tally.Sum / tally.Valid),
            Min = tally.Valid == 0 ? null : InRole(tally.Min),
            Max = tally.Valid == 0 ? null : InRole(tally.Max),
        };
        tally.Clear();
        return row;
    }

    private MinuteTally Of(long minute) => _minutes[(int)(minute / ChinaTime.Minute % OpenMinutes)];

    private decimal InRole(decimal value) => AggregateRow.Rounded(binding.Conversion.Convert(value));

    private DataFlag FlagOf(decimal value, bool hasNumber, Quality quality)
    {
        if (!hasNumber) return quality is Quality.Good or Quality.OutOfRange ? DataFlag.Fault : DataFlags.OfMissing(quality);
        foreach (var state in states)
        {
            // A status that tells nothing says nothing in favour of the value.
            if (state.Flag is not { } flag) return DataFlag.Communication;
            if (flag != DataFlag.Normal) return flag;
        }
        if (quality == Quality.OutOfRange) return (double)value > signal.Max ? DataFlag.OverRange : DataFlag.Fault;
        return quality == Quality.Good ? DataFlag.Normal : DataFlags.OfMissing(quality);
    }
}
