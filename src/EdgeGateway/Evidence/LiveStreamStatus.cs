namespace EdgeGateway.Evidence;

/// <summary>How far a stream has come.</summary>
internal readonly record struct LiveStreamStatus
{
    public required StreamKey Stream { get; init; }

    /// <summary>The site that its newest payload named.</summary>
    public required string Site { get; init; }

    /// <summary>Lowest sequence number received; 0 before the first.</summary>
    public required long Lowest { get; init; }

    /// <summary>Up to here everything is here, named by a gap, or written off.</summary>
    public required long Contiguous { get; init; }

    /// <summary>Chain hash of <see cref="Contiguous"/>; null if that one is named by a gap or written off.</summary>
    public required ChainHash? HashOfContiguous { get; init; }

    /// <summary>True if everything up to <see cref="Contiguous"/> is here, in one chain, or named by a gap: a platform may say so to the gateway.</summary>
    public required bool IsWhole { get; init; }

    /// <summary>The highest sequence number received or named by a head or birth.</summary>
    public required long Newest { get; init; }

    /// <summary>Numbers up to <see cref="Newest"/> that are neither here nor named by a gap.</summary>
    public required long Missing { get; init; }

    /// <summary>Unbroken runs of missing numbers.</summary>
    public required int Holes { get; init; }

    /// <summary>Numbers that gaps name as dropped by the gateway and that did not come after all.</summary>
    public required long NamedByGaps { get; init; }

    public required long Forks { get; init; }

    /// <summary>Payloads whose previous hash is not that of the payload before them, and heads that name another hash.</summary>
    public required long ChainBreaks { get; init; }
}
