using EdgeGateway.Evidence;

namespace EdgeGateway.SystemTests.FaultProgramme.Storage;

/// <summary>A segment that the store has promised to keep, and what has become of it since.</summary>
internal sealed class StoredLine(Segment segment)
{
    public Segment Segment { get; } = segment;

    /// <summary>Acknowledged: it may be sent again (the cursor goes to disk with the next commit) and may leave.</summary>
    public bool IsDelivered { get; set; }

    /// <summary>Refused for good: kept, and not sent unless asked for.</summary>
    public bool IsRefused { get; set; }

    /// <summary>Named in a gap record on disk: gone.</summary>
    public bool IsNamed { get; set; }

    /// <summary>True if the store has to hand it out.</summary>
    public bool MustWait => !IsDelivered && !IsRefused && !IsNamed;
}
