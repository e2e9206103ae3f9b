namespace EdgeGateway.Uplink;

/// <summary>What the broker said to one publish, as far as it matters to the sender.</summary>
internal enum PublishOutcome
{
    /// <summary>0x00: the broker has it.</summary>
    Acknowledged,

    /// <summary>0x10: the broker took it, but nobody is subscribed. That is no delivery.</summary>
    NobodyListens,

    /// <summary>0x87, 0x90: this topic is not allowed or not valid.</summary>
    Forbidden,

    /// <summary>0x97 (and 0x93, 0x96 as a disconnect): too much at once.</summary>
    TooFast,

    /// <summary>0x99: the broker will never take this payload.</summary>
    Unacceptable,

    /// <summary>0x80, 0x83, 0x91: no reason that helps; try again later.</summary>
    Unwell,
}
