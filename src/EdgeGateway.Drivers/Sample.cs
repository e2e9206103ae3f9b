namespace EdgeGateway.Drivers;

/// <summary>One raw value as a driver decoded it: not scaled, not range-checked.</summary>
/// <param name="Value">The device's number or text; <see cref="SampleKind.None"/> when <paramref name="Quality"/> says why there is none.</param>
/// <param name="Quality"><see cref="Quality.Good"/>, or the reason.</param>
public readonly record struct Sample(SampleValue Value, Quality Quality)
{
    /// <summary>No value, for the reason <paramref name="quality"/>.</summary>
    public static Sample None(Quality quality) => new(default, quality);
}
