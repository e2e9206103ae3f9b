namespace EdgeGateway.PlantSimulator;

/// <summary>What the gateway makes of the number that a meter shows.</summary>
internal sealed record MeterReading
{
    /// <summary>Nothing: it stays as it is.</summary>
    public static MeterReading AsShown { get; } = new();

    /// <summary>value = number · scale + offset.</summary>
    public decimal Scale { get; init; } = 1m;

    /// <summary>See <see cref="Scale"/>.</summary>
    public decimal Offset { get; init; }

    /// <summary>Instead of scale and offset; null for those.</summary>
    public PointSpan? Span { get; init; }

    /// <summary>A state instead of a value; null for a value.</summary>
    public StateWord? States { get; init; }
}
