namespace EdgeGateway.Drivers.OpcUa.Encoding;

/// <summary>What one message may cost. Each limit is checked before anything is allocated for it.</summary>
internal sealed record DecodeLimits
{
    public static DecodeLimits Default { get; } = new();

    /// <summary>Variants, data values, diagnostic infos and extension objects inside each other (OPC 10000-6, 5.2.2.12 asks for a limit).</summary>
    public int MaxDepth { get; init; } = 32;

    /// <summary>Elements of all arrays of one message together.</summary>
    public int MaxElements { get; init; } = 1_000_000;

    /// <summary>Bytes of one string or byte string.</summary>
    public int MaxStringBytes { get; init; } = 4 * 1024 * 1024;
}
