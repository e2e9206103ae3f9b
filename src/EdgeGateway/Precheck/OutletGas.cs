using EdgeGateway.Config.Model;

namespace EdgeGateway.Precheck;

/// <summary>Adds to the rows of an outlet what follows from several of them: dry gas at standard state, reference oxygen, mass.</summary>
internal sealed class OutletGas(Outlet outlet)
{
    private const decimal MinutesPerHour = 60m;

    /// <summary>Reasons why something could not be converted, as on the wire.</summary>
    public const string NoConditions = "conditions";
    public const string NoOxygen = "oxygen";
    public const string TooMuchOxygen = "oxygen-high";

    /// <summary>The rows of a minute, complete.</summary>
    public AggregateRow[] OfMinute(AggregateRow[] rows)
    {
        var gas = new GasConditions(Normal(rows, "outlet.temperature"), Normal(rows, "outlet.pressure"), Normal(rows, "outlet.atmosphericPressure") ?? outlet.AtmosphericPressure, Normal(rows, "outlet.humidity"));
        var dried = Array.ConvertAll(rows, row => Dried(row, gas));
        var converted = Array.ConvertAll(dried, row => row.Binding.Role.IsPollutant ? AtReference(row, OxygenOf(dried)) : row);
        return WithMass(converted, MinutesPerHour);
    }

    /// <summary>The rows of an hour or a day, which have their means already.</summary>
    public AggregateRow[] OfLonger(AggregateRow[] rows, AggregatePeriod period)
    {
        var converted = outlet.ReferenceMethod == ReferenceMethod.MeanOfConverted ? rows : Array.ConvertAll(rows, row => row.Binding.Role.IsPollutant ? AtReference(row, OxygenOf(rows)) : row);
        // A day's mass is the sum of its hours', which the rows have already.
        return period == AggregatePeriod.Hour ? WithMass(converted, 1m) : converted;
    }

    private static decimal? Normal(AggregateRow[] rows, string role) => Array.Find(rows, row => row.Binding.Role.Name == role) is { IsNormal: true } row ? row.Mean : null;

    private static AggregateRow? OxygenOf(AggregateRow[] rows) => Array.Find(rows, row => row.Binding.Role.Name == "outlet.o2");

    private static AggregateRow Dried(AggregateRow row, in GasConditions gas)
    {
        var (role, state) = (row.Binding.Role, row.Binding.State);
        if (role.Reference == RoleReference.None || row.Mean is not { } mean) return row;
        var dry = role.Reference == RoleReference.Flow ? GasFormulas.DryFlow(mean, state, gas) : GasFormulas.Dry(mean, state, row.Binding.IsShare, gas);
        return dry is { } value ? row with { Dry = AggregateRow.Rounded(value) } : row with { Why = NoConditions };
    }

    private AggregateRow AtReference(AggregateRow row, AggregateRow? oxygen)
    {
        if (outlet.ReferenceO2 is not { } reference || row.Dry is not { } dry) return row;
        if (oxygen is not { IsNormal: true, Dry: { } o2 }) return row with { Reference = null, ReferenceValid = 0, Why = NoOxygen };
        return GasFormulas.AtReference(dry, o2, reference, outlet.MaxO2) is { } converted
            ? row with { Reference = AggregateRow.Rounded(converted), ReferenceValid = row.Valid }
            : row with { Reference = null, ReferenceValid = 0, Why = TooMuchOxygen };
    }

    private static AggregateRow[] WithMass(AggregateRow[] rows, decimal perHour)
    {
        if (Array.Find(rows, row => row.Binding.Role.Reference == RoleReference.Flow) is not { IsNormal: true, Dry: { } flow }) return rows;
        return Array.ConvertAll(rows, row => row is { IsNormal: true, Dry: { } dry } && row.Binding.Role.IsPollutant
            ? row with { Mass = AggregateRow.Rounded(GasFormulas.MassPerHour(dry, flow) / perHour) }
            : row);
    }
}
