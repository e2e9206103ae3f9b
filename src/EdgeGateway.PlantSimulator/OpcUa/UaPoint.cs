using System.Collections.Immutable;

namespace EdgeGateway.PlantSimulator.OpcUa;

/// <summary>A variable of a simulated server: what it is, how it moves, and where it is found.</summary>
internal sealed record UaPoint
{
    /// <summary>The value and its movement; several points at one node share those of the first.</summary>
    public required SimulatedPoint Point { get; init; }

    public required string NamespaceUri { get; init; }

    /// <summary><c>s=Tank.Level</c>; of a point with a <see cref="Path"/> empty.</summary>
    public string Identifier { get; init; } = "";

    /// <summary>The names on the way from the folder Objects; empty for a point with an <see cref="Identifier"/>.</summary>
    public ImmutableArray<string> Path { get; init; } = [];

    /// <summary>Engineering unit; empty for none.</summary>
    public string Unit { get; init; } = "";

    /// <summary>EURange; null for none.</summary>
    public (double Low, double High)? Range { get; init; }

    /// <summary>What is the same for all points at one node.</summary>
    public string Place => $"{NamespaceUri} {Identifier}{string.Join('/', Path)}";
}
