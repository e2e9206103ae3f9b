using System.Collections.Immutable;

namespace EdgeGateway.Config.Model;

/// <summary>Where gas leaves the plant and is measured (排放口), with what is permitted there.</summary>
internal sealed record Outlet
{
    /// <summary>Name, title and signals.</summary>
    public required PlantUnit Unit { get; init; }

    /// <summary>The stack it leaves through; outlets of one name share it.</summary>
    public required string Stack { get; init; }

    /// <summary>The production units whose gas leaves here.</summary>
    public required ImmutableArray<string> Production { get; init; }

    /// <summary>The treatment units the gas has gone through, the first one first.</summary>
    public required ImmutableArray<string> Treatment { get; init; }

    /// <summary>The outlet of a like line beside this one; null for none.</summary>
    public string? TwinOf { get; init; }

    /// <summary>The oxygen that concentrations are converted to (基准氧含量), %; null where none is prescribed.</summary>
    public decimal? ReferenceO2 { get; init; }

    /// <summary>From this oxygen on (dry, %) nothing is converted: near 21 % the formula explodes.</summary>
    public required decimal MaxO2 { get; init; }

    /// <summary>How an hour is converted.</summary>
    public required ReferenceMethod ReferenceMethod { get; init; }

    /// <summary>kPa, where no signal has that role; null for unknown.</summary>
    public decimal? AtmosphericPressure { get; init; }

    /// <summary>What is permitted, and when.</summary>
    public required LimitBook Limits { get; init; }
}
