using System.Collections.Immutable;
using EdgeGateway.Drivers;

namespace EdgeGateway.Config;

/// <summary>Puts a device and its map together: points into groups, large groups cut into parts.</summary>
internal static class DeviceBuilder
{
    /// <summary>The device, from everything that could be read; null if it has no name, no address or no point.</summary>
    public static Device? Build(DeviceDraft draft, DeviceMap map, StatusBook status)
    {
        if (draft.Name is null || draft.Settings is null || draft.Protocol is not { } protocol) return null;
        var usable = map.Points
            .Where(point => point is { Name: not null, Group: not null, Point: not null })
            .ToLookup(point => point.Group, StringComparer.Ordinal);
        var groups = draft.Groups
            .Where(group => group.Period is not null)
            .SelectMany(group => Cut(draft.Name, draft.Settings, group, usable[group.Name], protocol, status))
            .ToImmutableArray();
        return groups.IsEmpty ? null : new Device(draft.Name, draft.Settings, groups) { OwnProtocol = protocol };
    }

    private static IEnumerable<SignalGroup> Cut(
        string device, DeviceSettings settings, GroupDraft group, IEnumerable<MapPoint> points, DriverType protocol, StatusBook status)
    {
        // OrderBy is stable: points the protocol holds for equal keep the order of the file.
        var inOrder = points.OrderBy(point => point.Point!, Comparer<DevicePoint>.Create(protocol.Compare)).ToArray(); // not null: only usable points
        var part = 0;
        for (var first = 0; first < inOrder.Length; part++)
        {
            var end = EndOfPart(inOrder, first, protocol);
            var chunk = inOrder[first..end];
            var id = part == 0 ? $"{device}/{group.Name}" : $"{device}/{group.Name}.{part + 1}";
            // Names, points and periods are not null: only usable ones came here.
            var signals = chunk.Select(point => point.Meaning with
            {
                Id = SignalId.Of(device, point.Name!),
                Status = [.. point.Status.Select(name => status.Find(device, name)).OfType<SignalId>()],
            });
            yield return new SignalGroup(
                new PollGroup(id, settings, group.Period!.Value, [.. chunk.Select(point => point.Point!)]),
                [.. signals]);
            first = end;
        }
    }

    /// <summary>Where a part ends, so that points of one place, which come from one answer, stay in one part.</summary>
    private static int EndOfPart(MapPoint[] points, int first, DriverType protocol)
    {
        if (points.Length - first <= PollGroup.MaxPoints) return points.Length;
        for (var end = first + PollGroup.MaxPoints; end > first; end--)
        {
            var isBetweenPlaces = true;
            for (var i = first; i < end && isBetweenPlaces; i++) isBetweenPlaces = !protocol.Share(points[i].Point!, points[end].Point!); // not null: only usable points
            if (isBetweenPlaces) return end;
        }
        return first + PollGroup.MaxPoints; // more signals in one place than an answer may have: MapReader has refused that
    }
}
