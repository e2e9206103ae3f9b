namespace EdgeGateway.Drivers.OpcUa.Transport;

/// <summary>What one side of a connection takes (OPC 10000-6, 7.1.2.3). 0 in the last two means no limit.</summary>
/// <param name="ReceiveBytes">The longest chunk it can receive.</param>
/// <param name="SendBytes">The longest chunk it will send.</param>
/// <param name="MaxMessageBytes">The longest message, without the headers of its chunks.</param>
/// <param name="MaxChunks">The most chunks of one message.</param>
internal readonly record struct TransportLimits(uint ReceiveBytes, uint SendBytes, uint MaxMessageBytes, uint MaxChunks)
{
    /// <summary>No buffer may be smaller (OPC 10000-6, 7.1.2.3).</summary>
    public const uint LeastBytes = 8192;

    /// <summary>What this client proposes.</summary>
    public static TransportLimits Ours { get; } = new(65_536, 65_536, 16 * 1024 * 1024, 512);
}
