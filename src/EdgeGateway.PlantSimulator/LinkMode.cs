namespace EdgeGateway.PlantSimulator;

/// <summary>What a <see cref="LinkFault"/> does to the connections through it.</summary>
internal enum LinkMode
{
    /// <summary>Forwards everything.</summary>
    Pass,

    /// <summary>Keeps every connection open and accepts new ones, but nothing goes through, not even an end; afterwards all of it does.</summary>
    BlackHole,

    /// <summary>Closes new connections at once; open ones go on.</summary>
    Refuse,

    /// <summary>Resets open connections and closes new ones at once.</summary>
    Cut,
}
