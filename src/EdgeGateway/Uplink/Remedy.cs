namespace EdgeGateway.Uplink;

/// <summary>What is done about a connection that was refused or lost.</summary>
internal enum Remedy
{
    /// <summary>Ordinary back-off.</summary>
    TryAgain,

    /// <summary>The broker is busy or going away: it is left alone for a minute at least.</summary>
    LeaveAlone,

    /// <summary>A person has to mend something first: 5 min to 60 min between attempts at this broker.</summary>
    WaitForPeople,

    /// <summary>Another client has this identity: no fight, 5 min to 15 min.</summary>
    GiveWay,

    /// <summary>The next broker of the configuration. A host that the broker names is never used: only the configuration says who gets the data.</summary>
    GoToNext,

    /// <summary>Half the window and half the pace at the next connection.</summary>
    SlowDown,

    /// <summary>No reason was given: should the same segment be under way again next time, it is looked at alone.</summary>
    LookCloser,

    /// <summary>The broker says that it was what we sent: each segment under way is looked at alone.</summary>
    FindTheCulprit,
}
