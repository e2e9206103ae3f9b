namespace EdgeGateway.SystemTests.FaultProgramme.Storage;

/// <summary>What can go wrong with an operation.</summary>
internal enum DiskTrouble
{
    /// <summary>The disk answers with an error; a write may have reached it in part, a rename or deletion has not happened.</summary>
    Error,

    /// <summary>No space is left. What needs none (reading, listing, deleting) fails with <see cref="Error"/> instead.</summary>
    Full,

    /// <summary>The power goes while the operation is under way: it may have happened in part, and nothing works afterwards.</summary>
    PowerCut,
}
