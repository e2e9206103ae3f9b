namespace EdgeGateway.SystemTests.FaultProgramme.Storage;

/// <summary>The exceptions a disk throws, with the codes that .NET gives them on Linux.</summary>
internal static class DiskError
{
    private const int InputOutput = 5;
    private const int WouldBlock = 11;
    private const int NoSpace = 28;

    public static IOException Failed(DiskOperation operation, string name) => new($"Input/output error: {operation} of {name}", InputOutput);

    public static IOException Full(string name) => new($"No space left on device: {name}", NoSpace);

    public static IOException InUse(string name) => new($"The process cannot access the file {name} because it is being used by another process.", WouldBlock);

    public static IOException PowerIsOff() => new("The power is off", InputOutput);
}
