namespace EdgeGateway.Drivers.OpcUa.Transport;

/// <summary>
/// The numbers of chunks (OPC 10000-6, 6.7.2.4): one more each time, and near the top of 32 bits a jump back to below 1024. They go on over
/// renewed tokens.
/// </summary>
internal static class SequenceNumbers
{
    private const uint LastBeforeWrap = uint.MaxValue - 1024;
    private const uint WrapBelow = 1024;

    /// <summary>The number after <paramref name="last"/>.</summary>
    public static uint Next(uint last) => last >= LastBeforeWrap ? 1 : last + 1;

    /// <summary>True if <paramref name="number"/> may follow <paramref name="last"/>.</summary>
    public static bool MayFollow(uint last, uint number) => (last != uint.MaxValue && number == last + 1) || (last >= LastBeforeWrap && number < WrapBelow);
}
