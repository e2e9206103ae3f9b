using System.Collections.Immutable;
using EdgeGateway.Drivers;

namespace EdgeGateway.Config;

/// <summary>Puts a device and its map together: points into groups, large groups cut into parts.</summary>
internal static class DeviceBuilder
{
    /// <summary>The device, from everything that could be read; null if it has no name, no address or no point.</summary>
    public static Device? Build(DeviceDraft draft, DeviceMap map)
    {
        if (draft.Name is null || draft.Settings is null || draft.Protocol is not { } protocol) return null;
        var usable = map.Points
            .Where(point => point is { Name: not null, Group: not null, Point: not null })
            .ToLookup(point => point.Group, StringComparer.Ordinal);
        var groups = draft.Groups
            .Where(group => group.Period is not null)
            .SelectMany(group => Cut(draft.Name, draft.Settings, group, usable[group.Name], protocol))
            .ToImmutableArray();
        return groups.IsEmpty ? null : new Device(draft.Name, draft.Settings, groups) { OwnProtocol = protocol };
    }

    private static IEnumerable<SignalGroup> Cut(
        string device, DeviceSettings settings, GroupDraft group, IEnumerable<MapPoint> points, DriverType protocol)
    {
        // OrderBy is stable: points the protocol holds for equal keep the order of the file.
        var inOrder = points.OrderBy(point => point.Point!, Comparer<DevicePoint>.Create(protocol.Compare)); // not null: only usable points
        foreach (var (part, chunk) in inOrder.Chunk(PollGroup.MaxPoints).Index())
        {
            var id = part == 0 ? $"{device}/{group.Name}" : $"{device}/{group.Name}.{part + 1}";
            // Names, points and periods are not null: only usable ones came here.
            var signals = chunk.Select(point => point.Meaning with { Id = SignalId.Of(device, point.Name!) });
            yield return new SignalGroup(
                new PollGroup(id, settings, group.Period!.Value, [.. chunk.Select(point => point.Point!)]),
                [.. signals]);
        }
    }
}
