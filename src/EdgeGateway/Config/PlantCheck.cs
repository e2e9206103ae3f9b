using System.Collections.Immutable;
using System.Globalization;
using EdgeGateway.Drivers;

namespace EdgeGateway.Config;

/// <summary>
/// What no file can know by itself: names and endpoints used twice, maps that do not fit their devices, lines that are asked too much.
/// </summary>
internal sealed class PlantCheck(FaultList faults)
{
    /// <summary>No two lines, and no two devices of the plant, of one name; no two lines on one endpoint.</summary>
    public void CheckOnce(ImmutableArray<LineDraft> lines)
    {
        CheckOnce("line", "line", lines.Select(line => (line.Section, line.Name)));
        CheckOnce("endpoint", "connect", lines.Select(line => (line.Section, line.Connect is null or { Scheme: DialInAddress.Scheme } ? null : AddressOf(line.Connect))));
        CheckDialIns(lines);
        CheckOnce("device", "device", lines.SelectMany(line => line.Devices).Select(device => (device.Section, device.Name)));
    }

    /// <summary>Every group a map uses is one of its devices', and every group of a device has points.</summary>
    public void CheckGroups(IReadOnlyList<(DeviceDraft Device, DeviceMap Map)> devices)
    {
        // By file: read for several protocols it is one map all the same.
        foreach (var sharers in devices.GroupBy(pair => pair.Map.File))
        {
            if (sharers.All(pair => pair.Device.HasAllGroups)) CheckGroups(sharers.First().Map, [.. sharers.Select(pair => pair.Device)]);
        }
    }

    /// <summary>
    /// The devices of one line can take turns on it: their protocols share a stream, and a port runs at one speed and in one format, which must be
    /// that of all of them.
    /// </summary>
    public void CheckTurns(LineDraft line)
    {
        var several = line.Devices.Select(device => device.Protocol).OfType<DriverType>().Distinct().Count() > 1;
        var port = line.Connect is { Scheme: SerialAddress.Scheme } connect ? SerialAddress.Parse(connect, out _) : null;
        foreach (var device in line.Devices)
        {
            if (device.Protocol is not { } protocol) continue;
            if (several && !protocol.SharesLine)
                faults.Add(line.File, device.Section.LineOf("protocol"), $"{protocol.Name} beside another protocol on one line",
                    "a line of its own: its stream cannot be shared", "move the device to a file of its own in lines/");
            else if (line.Connect is { } at && !protocol.Schemes.Contains(at.Scheme) && protocol != line.Protocol)
                faults.Add(line.File, device.Section.LineOf("protocol"), $"{protocol.Name} on {at.Scheme}://",
                    $"a line that starts with {string.Join(" or ", protocol.Schemes.Select(scheme => $"{scheme}://"))}", "move the device to such a line");
        }
        foreach (var device in line.Devices.DistinctBy(device => device.Protocol))
            if (port is not null && device.Protocol?.PortNeeded(port) is { } needed)
                faults.Add(line.File, line.Section.LineOf("connect"), $"a port set to {FormatOf(port)}", $"{needed}, as {device.Protocol.Name} of {device.Name ?? "a device"} needs it",
                    "correct format, or give the device a port of its own");
        CheckSame(line, "baud", port?.Baud.ToString(CultureInfo.InvariantCulture), device => device.Serial.Baud);
        CheckSame(line, "format", port is null ? null : FormatOf(port), device => device.Serial.Format);
    }

    /// <summary>
    /// No device of a line stands there twice. Two maps for one device are a way to divide it; one map twice at one address would record the same values
    /// under two names, and one of the two devices would never be read.
    /// </summary>
    public void CheckAddresses(LineDraft line)
    {
        var first = new Dictionary<(string Protocol, string Address, string Map), DeviceDraft>();
        foreach (var device in line.Devices)
        {
            if (device is not { Protocol: { } protocol, Settings: { } settings, MapFile: { } map } || protocol.DeviceAddress(settings) is not { } address) continue;
            if (first.TryAdd((protocol.Name, address, map), device)) continue;
            var other = first[(protocol.Name, address, map)];
            faults.Add(line.File, device.Section.Line, $"{address} with {map} a second time",
                $"each device of a line once ({other.Name ?? "another"} on line {other.Section.Line} is this one)", "correct the address of one of the two, or remove it");
        }
    }

    /// <summary>The polls of a line, at their very fastest, fit into the time there is.</summary>
    public void CheckBudget(LineDraft draft, Line line)
    {
        var load = LineLoad.Of(line);
        if (load.Share <= 1) return;
        faults.Add(draft.File, draft.Section.LineOf("devices"), load.ToString(),
            "at most 100 % of a line", "take longer periods, or put devices on a line of their own");
    }

    private void CheckSame(LineDraft line, string key, string? ofPort, Func<DeviceDraft, string?> settingOf)
    {
        var (same, whose) = (ofPort, "the port has it in connect");
        foreach (var device in line.Devices)
        {
            if (settingOf(device) is not { } setting || setting == same) continue;
            if (same is null)
            {
                (same, whose) = (setting, $"{device.Name} has it (line {device.Section.LineOf(key)})");
                continue;
            }
            faults.Add(line.File, device.Section.LineOf(key), $"{key} {setting}", $"{same}: {whose}, and a line runs at one speed and in one format",
                $"set the device and the port to the same {key}, or give the device a port and a line of its own");
        }
    }

    private static string FormatOf(SerialAddress port) => string.Create(CultureInfo.InvariantCulture, $"{port.DataBits}{port.Parity}{port.StopBits}");

    // A serial port is one port, whatever its settings.
    private static string AddressOf(Uri connect) => connect.Scheme is "tcp" or DialInAddress.Scheme ? $"{connect.Host}:{connect.Port}" : connect.GetLeftPart(UriPartial.Path);

    /// <summary>Lines may share a port to dial in at, if no id is the beginning of another, and if nothing else listens or is dialled there.</summary>
    private void CheckDialIns(ImmutableArray<LineDraft> lines)
    {
        var seen = new List<(LineDraft Line, DialInAddress Address)>();
        foreach (var line in lines)
        {
            if (line.Connect is not { Scheme: DialInAddress.Scheme } connect || DialInAddress.Parse(connect, out _) is not { } address) continue;
            foreach (var (other, taken) in seen)
            {
                if (!taken.Local.Equals(address.Local) || !(taken.Id.AsSpan().StartsWith(address.Id) || address.Id.AsSpan().StartsWith(taken.Id))) continue;
                faults.Add(line.File, line.Section.LineOf("connect"), $"id {DialInAddress.TextOf(address.Id)} on a port that has {DialInAddress.TextOf(taken.Id)}",
                    $"ids of which none begins another ({other.File} has that one)", "change one of the two, or take another port");
                break;
            }
            seen.Add((line, address));
            foreach (var protocol in line.Devices.Select(device => device.Protocol).Append(line.Protocol).OfType<DriverType>().Distinct())
                if (protocol.HeartbeatNeeded(address.Heartbeat) is { } needed)
                    faults.Add(line.File, line.Section.LineOf("connect"), $"heartbeat {DialInAddress.TextOf(address.Heartbeat)} with {protocol.Name}", needed, "have the device send another one, or none");
        }
    }

    private void CheckOnce(string what, string key, IEnumerable<(Section Section, string? Name)> uses)
    {
        var first = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (section, name) in uses)
        {
            if (name is null) continue;
            var line = section.LineOf(key);
            if (!first.TryAdd(name, $"{section.File}:{line}"))
                faults.Add(section.File, line, $"{what} {ConfigFault.Quote(name)} a second time",
                    $"it once (it stands in {first[name]}; capitals do not count)", "change one of the two");
        }
    }

    private void CheckGroups(DeviceMap map, DeviceDraft[] devices)
    {
        var known = devices.SelectMany(device => device.Groups).Select(group => group.Name).ToHashSet(StringComparer.Ordinal);
        var used = new Dictionary<string, int>(StringComparer.Ordinal);
        var hasStrangers = !map.IsComplete || map.Points.Any(point => point.Group is null);
        foreach (var point in map.Points.Where(point => point.Group is not null))
        {
            var group = point.Group!; // not null: filtered
            if (known.Contains(group))
            {
                used.TryAdd(group, point.Line);
                continue;
            }
            hasStrangers = true;
            var whose = $"{devices[0].Name ?? "the device"} ({devices[0].Section.File}:{devices[0].Section.LineOf("groups")})";
            faults.Add(map.File, point.Line, $"group {ConfigFault.Quote(group)}",
                $"a group of {whose}: {string.Join(", ", known)}",
                NearestName.Of(group, known) is { } nearest ? $"write {nearest}" : "add the group to the device, or correct the point");
        }
        foreach (var device in devices) CheckGroups(map, device, used, hasStrangers);
    }

    private void CheckGroups(DeviceMap map, DeviceDraft device, Dictionary<string, int> used, bool hasStrangers)
    {
        foreach (var (group, line) in used.Where(use => device.Groups.All(group => group.Name != use.Key)))
            faults.Add(device.Section.File, device.Section.LineOf("groups"), $"no group {group}", $"it, because {map.File}:{line} uses it",
                $"add {group} with a period");
        // A misspelt group in the map leaves another one empty: that follows, and is not said again.
        if (hasStrangers) return;
        foreach (var group in device.Groups.Where(group => !used.ContainsKey(group.Name)))
            faults.Add(device.Section.File, group.Line, $"group {group.Name} without points", $"at least one point of {map.File} in it",
                $"remove {group.Name}, or name it in the map");
    }
}
