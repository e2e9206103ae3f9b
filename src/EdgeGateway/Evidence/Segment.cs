namespace EdgeGateway.Evidence;

/// <summary>A sealed, sequenced line. From here on there are only bytes, and nobody makes them again.</summary>
internal sealed record Segment
{
    public required string Stream { get; init; }

    /// <summary>From 1, plus one each.</summary>
    public required long Sequence { get; init; }

    /// <summary>Chain hash of this payload.</summary>
    public required ChainHash Hash { get; init; }

    /// <summary>Earliest and latest time inside, Unix ms.</summary>
    public required long T0 { get; init; }

    public required long T1 { get; init; }

    /// <summary>Values inside, whatever their quality.</summary>
    public required int Readings { get; init; }

    /// <summary>The line of docs/wire.md §1, without a line end; or the same still waiting for its signatures.</summary>
    public required byte[] Line { get; init; }

    /// <summary>False while it waits for its signatures: numbered, chained and on disk, but nobody outside gets it yet.</summary>
    public bool IsSigned => Envelope.IsSigned(Line);

    /// <summary>The key ids that sign from this segment on, where it says that a key was replaced; null otherwise.</summary>
    public string? KeysFromHere { get; init; }
}
