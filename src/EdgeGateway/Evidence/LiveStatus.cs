namespace EdgeGateway.Evidence;

/// <summary>Everything a receiver can say about what has come so far, for status lines.</summary>
internal sealed record LiveStatus
{
    public required IReadOnlyList<LiveStreamStatus> Streams { get; init; }

    /// <summary>Sequenced payloads kept.</summary>
    public required long Payloads { get; init; }

    /// <summary>Numbers that heads or later payloads prove and that are neither here nor named by a gap, over all streams.</summary>
    public long Missing => Streams.Sum(stream => stream.Missing);

    public required long Duplicates { get; init; }
    public required long Forks { get; init; }
    public required long Refused { get; init; }

    /// <summary>Heads, births and wills.</summary>
    public required long Statements { get; init; }

    /// <summary>Values in the rows of the payloads kept.</summary>
    public required long Readings { get; init; }

    /// <summary>Those among them whose quality is not 0.</summary>
    public required long ReadingsNotGood { get; init; }
}
