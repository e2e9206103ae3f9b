namespace EdgeGateway.SystemTests.FaultProgramme.Storage;

/// <summary>What a store asks of its disk; each of these counts as one operation and can be made to fail.</summary>
internal enum DiskOperation
{
    List,
    Open,
    Read,
    Write,
    SetLength,
    Flush,
    Rename,
    Delete,
}
