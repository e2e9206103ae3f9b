namespace EdgeGateway.PlantSimulator;

/// <summary>A delivered value that the plant did not serve like that.</summary>
/// <param name="Device">Name of the device.</param>
/// <param name="Point">Name of the point.</param>
/// <param name="UtcMs">Time as delivered, Unix milliseconds.</param>
/// <param name="Token">Value as delivered.</param>
/// <param name="Quality">Quality code as delivered.</param>
/// <param name="Why">What was expected, in words.</param>
internal readonly record struct LedgerMismatch(string Device, string Point, long UtcMs, string Token, int Quality, string Why)
{
    public override string ToString() => $"{Device}.{Point} {Token} (quality {Quality}) at {UtcMs}: {Why}";
}
