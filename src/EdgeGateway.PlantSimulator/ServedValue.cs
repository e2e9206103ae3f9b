using System.Globalization;

namespace EdgeGateway.PlantSimulator;

/// <summary>One value as one answer carried it.</summary>
/// <param name="Device">Name of the device.</param>
/// <param name="Point">Name of the point within it.</param>
/// <param name="UtcMs">When it was served, Unix milliseconds.</param>
/// <param name="Kind">How to compare it.</param>
/// <param name="Raw">The number (or text) in the registers, invariant; floats in their shortest round-trip form.</param>
/// <param name="Exact">Of <see cref="ServedKind.Exact"/>: raw · scale + offset with the digits of both.</param>
/// <param name="Binary">Of the binary kinds: the value after scaling.</param>
/// <param name="Text">Of <see cref="ServedKind.Text"/>: the text without padding.</param>
/// <param name="Fault">What was wrong with the answer.</param>
internal readonly record struct ServedValue(
    string Device, string Point, long UtcMs, ServedKind Kind, string Raw, decimal Exact, double Binary, string? Text, FaultKind Fault)
{
    /// <summary>Of <see cref="ServedKind.Binary64"/>: how far the value may be from <see cref="Binary"/>; 0 where every bit counts.</summary>
    public double Slack { get; init; }

    /// <summary>True if the answer was one that no master may use.</summary>
    public bool MustBeRefused => PlantSimulator.Fault.MustBeRefused(Fault);

    /// <summary>The expected engineering value, invariant, for people.</summary>
    public string Expected => Kind switch
    {
        ServedKind.Exact => Exact.ToString(CultureInfo.InvariantCulture),
        ServedKind.Binary32 => ((float)Binary).ToString("R", CultureInfo.InvariantCulture),
        ServedKind.Binary64 => Binary.ToString("R", CultureInfo.InvariantCulture),
        ServedKind.None => "no value",
        _ => Text ?? "",
    };

    /// <summary>Serve time for people.</summary>
    public string At => DateTimeOffset.FromUnixTimeMilliseconds(UtcMs).ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);
}
