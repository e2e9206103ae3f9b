using System.Collections.Immutable;

namespace EdgeGateway.Config.Model;

/// <summary>A part of the plant that signals belong to.</summary>
internal sealed record PlantUnit
{
    public required UnitKind Kind { get; init; }

    /// <summary>Unique in the plant, whatever its kind.</summary>
    public required string Name { get; init; }

    /// <summary>For people.</summary>
    public required string Title { get; init; }

    /// <summary>What it does, such as <c>sintering</c> or <c>wet-fgd</c>; empty for an outlet.</summary>
    public string Process { get; init; } = "";

    /// <summary>Its signals in their roles, in the order they are written.</summary>
    public required ImmutableArray<RoleBinding> Bindings { get; init; }

    /// <summary>Rated values by role, in the role's unit.</summary>
    public required ImmutableSortedDictionary<string, decimal> Rated { get; init; }

    /// <summary>The production units whose gas it cleans; only for treatment.</summary>
    public ImmutableArray<string> Serves { get; init; } = [];

    /// <summary>The first signal in a role; null if there is none.</summary>
    public RoleBinding? Find(string role) => Bindings.FirstOrDefault(binding => binding.Role.Name == role);
}
