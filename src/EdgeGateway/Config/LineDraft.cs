using System.Collections.Immutable;
using EdgeGateway.Drivers;

namespace EdgeGateway.Config;

/// <summary>
/// What a file in <c>lines/</c> says, before it is known whether it fits the rest. Null is what could not be read and was reported.
/// </summary>
internal sealed record LineDraft(string File, Section Section, string? Name, Uri? Connect, DriverType? Protocol,
    LineSettings? Settings, ImmutableArray<DeviceDraft> Devices);

/// <summary>What a line file says of one device.</summary>
/// <param name="Section">Where.</param>
/// <param name="Name">The device's name.</param>
/// <param name="Protocol">Its own protocol or its line's; null if neither could be read.</param>
/// <param name="Serial">What a serial port must be set to for it, as far as the file says.</param>
/// <param name="MapFile">Path of the map relative to the site folder; null if it is missing.</param>
/// <param name="Settings">The protocol's own keys.</param>
/// <param name="Groups">In the order of the file.</param>
/// <param name="HasAllGroups">False if a group was refused: then nothing is said about groups that are missing.</param>
internal sealed record DeviceDraft(
    Section Section, string? Name, DriverType? Protocol, SerialSettings Serial, string? MapFile, DeviceSettings? Settings, ImmutableArray<GroupDraft> Groups, bool HasAllGroups);

/// <summary>The speed and format a device is set to.</summary>
/// <param name="Baud">Bits per second; null if the file says nothing.</param>
/// <param name="Format">As <c>8N1</c>; null if the file says nothing.</param>
internal readonly record struct SerialSettings(string? Baud, string? Format);

/// <summary>A group of a device and its period.</summary>
internal sealed record GroupDraft(string Name, int Line, TimeSpan? Period);
