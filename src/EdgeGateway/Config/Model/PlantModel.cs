using System.Collections.Immutable;

namespace EdgeGateway.Config.Model;

/// <summary>
/// What <c>plant.yaml</c> says: which parts the plant has, and what the signals of its lines are to them. Immutable. The lines themselves, and how they are
/// read, are the <see cref="Plant"/>'s.
/// </summary>
internal sealed record PlantModel
{
    /// <summary>Branch of industry, such as <c>steel</c>.</summary>
    public required string Industry { get; init; }

    public required ImmutableArray<PlantUnit> Production { get; init; }
    public required ImmutableArray<PlantUnit> Treatment { get; init; }
    public required ImmutableArray<Outlet> Outlets { get; init; }
    public required ImmutableArray<Stack> Stacks { get; init; }
    public required ImmutableArray<Camera> Cameras { get; init; }

    /// <summary>Every unit with signals: production, treatment, outlets.</summary>
    public IEnumerable<PlantUnit> Units => Production.Concat(Treatment).Concat(Outlets.Select(outlet => outlet.Unit));

    /// <summary>The outlets that leave through the same stack as this one.</summary>
    public IEnumerable<Outlet> SharingStackWith(Outlet outlet) => Outlets.Where(other => other != outlet && other.Stack == outlet.Stack);
}
