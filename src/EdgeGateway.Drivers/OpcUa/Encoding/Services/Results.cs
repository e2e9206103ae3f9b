namespace EdgeGateway.Drivers.OpcUa.Encoding.Services;

/// <summary>What many responses share.</summary>
internal static class Results
{
    public static StatusCode[] ReadStatuses(ref UaReader reader) => reader.ReadArray(4, static (ref UaReader status) => status.ReadStatus());

    /// <summary>Reads past diagnostic infos that nobody asked for.</summary>
    public static void SkipDiagnostics(ref UaReader reader) => reader.ReadArray(1, static (ref UaReader info) => info.ReadDiagnosticInfo());
}
