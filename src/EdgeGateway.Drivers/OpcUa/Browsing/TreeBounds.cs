namespace EdgeGateway.Drivers.OpcUa.Browsing;

/// <summary>How far a walk goes, and what of it is shown.</summary>
internal sealed record TreeBounds
{
    /// <summary>More steps than any plant has levels.</summary>
    public const int DeepestDepth = 64;

    /// <summary>The most that <see cref="MostNodes"/> may be.</summary>
    public const int MostNodesEver = 1_000_000;

    /// <summary>Steps from the start; what is deeper is not looked at.</summary>
    public int Depth { get; init; } = 3;

    /// <summary>Nodes that are looked at, not counting those before <see cref="After"/>.</summary>
    public int MostNodes { get; init; } = 10_000;

    /// <summary>Properties are nodes like others.</summary>
    public bool WithProperties { get; init; }

    /// <summary>Values are read.</summary>
    public bool WithValues { get; init; }

    /// <summary>Only nodes with this text in one of their names are shown; null for all.</summary>
    public string? Search { get; init; }

    /// <summary>Nothing is shown up to this node, as it was shown before (<see cref="BrowsedNode.NodeText"/>); null for all.</summary>
    public string? After { get; init; }
}
