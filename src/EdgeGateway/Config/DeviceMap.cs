using System.Collections.Immutable;
using EdgeGateway.Drivers;

namespace EdgeGateway.Config;

/// <summary>One point of a device map. Null is what could not be read and was reported.</summary>
/// <param name="Line">Line in the map.</param>
/// <param name="Name">The signal's name within its device.</param>
/// <param name="Group">The group that asks for it.</param>
/// <param name="Point">Where it is found.</param>
/// <param name="Meaning">What it means; its <see cref="Signal.Id"/> is set once the device is known.</param>
internal sealed record MapPoint(int Line, string? Name, string? Group, DevicePoint? Point, Signal Meaning)
{
    /// <summary>The signals that qualify it, as the map names them: <c>signal</c> or <c>device.signal</c>.</summary>
    public ImmutableArray<string> Status { get; init; } = [];
}

/// <summary>A device map, read for one protocol. Several devices may share it.</summary>
/// <param name="File">Path relative to the site folder.</param>
/// <param name="Points">In file order.</param>
/// <param name="IsComplete">False if a row is missing because it was refused: then nothing is said about groups without points.</param>
internal sealed record DeviceMap(string File, IReadOnlyList<MapPoint> Points, bool IsComplete);
