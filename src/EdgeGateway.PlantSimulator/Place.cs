namespace EdgeGateway.PlantSimulator;

/// <summary>One place in a device's registers, and the points that read it (more than one when the same place has two names).</summary>
internal sealed class Place(SimulatedPoint point, PointState state)
{
    /// <summary>Where it is, how it is written, and how it moves.</summary>
    public SimulatedPoint Point { get; } = point;

    public PointState State { get; } = state;

    /// <summary>Where the ledger keeps each point of this place.</summary>
    public List<ServedTrack> Tracks { get; } = [];

    /// <summary>True for a bit of a register that another point writes as a whole.</summary>
    public bool IsPartOfAnother { get; set; }
}
