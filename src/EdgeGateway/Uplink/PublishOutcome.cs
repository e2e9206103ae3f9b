namespace EdgeGateway.Uplink;

/// <summary>What the broker said to one publish, as far as it matters to the sender; <see cref="BrokerReasons"/> has the codes.</summary>
internal enum PublishOutcome
{
    /// <summary>The broker has it.</summary>
    Acknowledged,

    /// <summary>The broker took it, but nobody is subscribed. That is no delivery.</summary>
    NobodyListens,

    /// <summary>This topic is not allowed or not valid.</summary>
    Forbidden,

    /// <summary>Too much at once.</summary>
    TooFast,

    /// <summary>The broker will never take this payload.</summary>
    Unacceptable,

    /// <summary>No reason that helps: the same bytes again later.</summary>
    Unwell,

    /// <summary>The two sides disagree about what is under way: only a new connection helps.</summary>
    Confused,
}
