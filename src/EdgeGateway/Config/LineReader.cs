using System.Collections.Immutable;
using EdgeGateway.Drivers;

namespace EdgeGateway.Config;

/// <summary>Reads the files in <c>lines/</c>: each is one line.</summary>
internal sealed class LineReader(SiteFolder folder, IReadOnlyList<DriverType> protocols, FaultList faults)
{
    /// <summary>The shortest period.</summary>
    public static readonly TimeSpan ShortestPeriod = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest period.</summary>
    public static readonly TimeSpan LongestPeriod = TimeSpan.FromHours(1);

    /// <summary>The most groups of one device.</summary>
    public const int MaxGroups = 100;

    private const string LinesFolder = "lines";
    private const string MapsFolder = "maps";

    /// <summary>Every line that could be read at least in part.</summary>
    public ImmutableArray<LineDraft> ReadAll()
    {
        var faultsBefore = faults.Count;
        var names = folder.List(LinesFolder);
        foreach (var name in names.Where(name => name.EndsWith(".yml", StringComparison.OrdinalIgnoreCase)))
            faults.Add($"{LinesFolder}/{name}", 0, "a file that would not be read", "files named *.yaml", "rename it to .yaml");
        var files = names.Where(name => name.EndsWith(".yaml", StringComparison.Ordinal)).ToList();
        if (files.Count == 0 && faults.Count == faultsBefore)
            faults.Add($"{LinesFolder}/", 0, "no *.yaml file", "at least one line", "write one, as in the sample site");
        if (files.Count > SiteFolder.MaxLineFiles)
            faults.Add($"{LinesFolder}/", 0, $"{files.Count} files", $"at most {SiteFolder.MaxLineFiles}",
                "give the plant a second gateway");
        return [.. files.Take(SiteFolder.MaxLineFiles).Select(name => ReadFile($"{LinesFolder}/{name}")).OfType<LineDraft>()];
    }

    private LineDraft? ReadFile(string file)
    {
        if (folder.ReadText(file) is not { } text || YamlText.Read(file, text, faults) is not { } root) return null;
        if (Section.Of(file, 1, root, "line file", faults) is not { } section) return null;
        // Without its protocol nobody knows which keys a line has: those of all protocols are let through then.
        section.Allow([.. ConfigKeys.Line, .. Find(section.Find("protocol")?.Value.Text)?.LineKeys ?? [.. protocols.SelectMany(type => type.LineKeys).Distinct()]]);
        var row = section.Row(["line", "connect", "protocol"]);
        var protocol = Section.Required(row, "protocol", ProtocolRule) is { } name ? ReadProtocol(row, name) : null;
        return new LineDraft(file, section, Section.RequiredName(row, "line"), ReadConnect(section, row, protocol), protocol,
            protocol?.ReadLine(ReadLineKeys(section, protocol)), ReadDevices(section, protocol));
    }

    private DriverType? Find(string? name) => protocols.FirstOrDefault(type => string.Equals(type.Name, name, StringComparison.OrdinalIgnoreCase));

    private SettingRow ReadLineKeys(Section section, DriverType protocol) => section.Row(protocol.LineKeys, protocol.LineFiles, folder);

    private string ProtocolRule => $"one of {string.Join(", ", protocols.Select(type => type.Name))}";

    private DriverType? ReadProtocol(SettingRow row, string name)
    {
        var protocol = Find(name);
        if (protocol is null)
        {
            var nearest = NearestName.Of(name, protocols.Select(type => type.Name));
            row.Refuse("protocol", name, ProtocolRule, nearest is null ? "correct protocol" : $"write {nearest}");
        }
        return protocol;
    }

    private static Uri? ReadConnect(Section section, SettingRow row, DriverType? protocol)
    {
        if (Section.Required(row, "connect", "an address such as tcp://192.168.1.10:502") is not { } text) return null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var connect))
        {
            row.Refuse("connect", text, "an address such as tcp://192.168.1.10:502", "correct connect");
            return null;
        }
        if (protocol is not null && !protocol.Schemes.Contains(connect.Scheme))
        {
            var starts = string.Join(" or ", protocol.Schemes.Select(scheme => $"{scheme}://"));
            row.Refuse("connect", text, $"an address that starts with {starts}, as {protocol.Name} has it", "correct connect or protocol");
            return null;
        }
        if (connect.Scheme == SerialAddress.Scheme && SerialAddress.Parse(connect, out var form) is null)
        {
            row.Refuse("connect", text, form, "correct connect");
            return null;
        }
        if (connect.Scheme == DialInAddress.Scheme && DialInAddress.Parse(connect, out var dialIn) is null)
        {
            row.Refuse("connect", text, dialIn, "correct connect");
            return null;
        }
        if (protocol?.AddressNeeded(connect) is { } address)
        {
            row.Refuse("connect", connect.UserInfo.Length > 0 ? "an address with a name or password in it" : text, address, "correct connect");
            return null;
        }
        if (connect.Scheme != "tcp" || (Endpoint.IsBare(connect) && connect.Port > 0)) return connect;
        row.Refuse("connect", text, "tcp://host:port and nothing else in it, port 1 to 65535", "correct connect");
        return null;
    }

    private ImmutableArray<DeviceDraft> ReadDevices(Section line, DriverType? protocol)
    {
        if (line.Find("devices") is not { Value.IsEmpty: false } entry)
        {
            line.RefuseMissing("devices", "a list of devices", "add devices: with one - device: name below it");
            return [];
        }
        if (entry.Value.Items is not { } items)
        {
            if (!entry.Value.IsRefused)
                faults.Add(line.File, entry.Line, $"{entry.Value.Kind} as devices", "a list", "put - before the first key of each device");
            return [];
        }
        if (items.IsEmpty)
            faults.Add(line.File, entry.Line, "an empty list of devices", "at least one device", "add one, or remove the file");
        var devices = ImmutableArray.CreateBuilder<DeviceDraft>();
        foreach (var item in items)
            if (Section.Of(line.File, item.Line, item, "device", faults) is { } section) devices.Add(ReadDevice(section, protocol));
        return devices.ToImmutable();
    }

    private DeviceDraft ReadDevice(Section section, DriverType? ofLine)
    {
        var row = section.Row(["device", "map", "protocol", "baud", "format"]);
        var protocol = row.Text("protocol") is { } own ? ReadProtocol(row, own) : ofLine;
        // Without its protocol nobody knows which keys a device has: only the wrong protocol is reported then.
        if (protocol is not null) section.Allow([.. ConfigKeys.Device, .. protocol.DeviceKeys, .. RefuseForeign(section, protocol)]);
        return new DeviceDraft(
            section, Section.RequiredName(row, "device"), protocol, ReadSerial(row), ReadMapFile(section, row),
            protocol?.ReadDevice(section.Row(protocol.DeviceKeys)), ReadGroups(section, out var hasAllGroups), hasAllGroups);
    }

    /// <summary>Refuses keys that only devices of other protocols have, and says whose they are; returns them.</summary>
    private List<string> RefuseForeign(Section section, DriverType protocol)
    {
        var foreign = protocols.SelectMany(type => type.DeviceKeys).Distinct().Except([.. ConfigKeys.Device, .. protocol.DeviceKeys])
            .Where(key => section.Find(key) is not null).ToList();
        foreach (var key in foreign)
        {
            var owners = protocols.Where(type => type.DeviceKeys.Contains(key)).Select(type => type.Name);
            faults.Add(section.File, section.LineOf(key), $"{key} at a device of {protocol.Name}", $"{key} only at devices of {string.Join(", ", owners)}", "remove it");
        }
        return foreign;
    }

    private static SerialSettings ReadSerial(SettingRow row) =>
        new(SettingOf(row, "baud"), SettingOf(row, "format")?.ToUpperInvariant());

    /// <summary>What a device says of its port is read with the rules of the port's own address.</summary>
    private static string? SettingOf(SettingRow row, string key)
    {
        if (row.Text(key) is not { } text) return null;
        if (Uri.TryCreate($"{SerialAddress.Scheme}:///port?{key}={text}", UriKind.Absolute, out var asked)
            && SerialAddress.Parse(asked, out var expected) is not null) return text;
        _ = SerialAddress.Parse(new Uri($"{SerialAddress.Scheme}:///port?{key}="), out expected);
        row.Refuse(key, text, expected, $"correct {key}");
        return null;
    }

    private string? ReadMapFile(Section section, SettingRow row)
    {
        if (Section.Required(row, "map", "the name of a file in maps/, such as cems-gas.csv") is not { } text) return null;
        var isPlain = !text.Contains('\\') && !Path.IsPathRooted(text) && !text.Split('/').Any(part => part is "" or "." or "..");
        var hasKind = text.EndsWith(".csv", StringComparison.OrdinalIgnoreCase)
            || text.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase);
        if (!isPlain || !hasKind)
        {
            row.Refuse("map", text, "a .csv or .yaml file below maps/, with / between folders", "correct map");
            return null;
        }
        var file = $"{MapsFolder}/{text}";
        if (folder.Has(file)) return file;
        row.Refuse("map", text, $"a file that is there: no {ConfigFault.Quote(file)}", FixForMap(text));
        return null;
    }

    private string FixForMap(string text)
    {
        if (text.StartsWith(MapsFolder + "/", StringComparison.Ordinal) && folder.Has(text))
            return $"write {text[(MapsFolder.Length + 1)..]}";
        if (faults.IsFull) return "correct map";
        var there = Directory.Exists(Path.Combine(folder.FullPath, MapsFolder)) ? folder.List(MapsFolder) : [];
        return NearestName.Of(text, there) is { } nearest ? $"write {nearest}" : "put the file there, or correct map (capitals count)";
    }

    private ImmutableArray<GroupDraft> ReadGroups(Section device, out bool isComplete)
    {
        isComplete = false;
        if (device.Find("groups") is null or { Value.IsEmpty: true })
        {
            device.RefuseMissing("groups", "a mapping of group names to periods", "add groups: with fast: 1s below it");
            return [];
        }
        if (device.Child("groups") is not { } section) return [];
        if (section.Entries.Length is 0 or > MaxGroups)
        {
            faults.Add(device.File, section.Line, $"{section.Entries.Length} groups", $"1 to {MaxGroups} groups per device",
                "add one, such as fast: 1s, or split the device");
            return [];
        }
        isComplete = true;
        var row = section.Row(section.Entries.Select(entry => entry.Key));
        var groups = ImmutableArray.CreateBuilder<GroupDraft>();
        foreach (var entry in section.Entries)
        {
            if (SignalId.IsValidPart(entry.Key))
            {
                groups.Add(new GroupDraft(entry.Key, entry.Line, ReadPeriod(section, row, entry.Key)));
                continue;
            }
            isComplete = false;
            faults.Add(device.File, entry.Line, $"group {ConfigFault.Quote(entry.Key)}", "a name of 1 to 48 letters A-Z, digits, - or _",
                "rename it");
        }
        return groups.ToImmutable();
    }

    private static TimeSpan? ReadPeriod(Section section, SettingRow row, string group)
    {
        var bounds = $"{DurationText.Format(ShortestPeriod)} to {DurationText.Format(LongestPeriod)}";
        var expected = $"a period from {bounds} in whole milliseconds, such as 500ms, 1s, 1m";
        if (Section.Required(row, group, expected) is not { } text) return null;
        if (DurationText.TryParse(text, out var period) && period >= ShortestPeriod && period <= LongestPeriod
            && period.Ticks % TimeSpan.TicksPerMillisecond == 0) return period;
        row.Refuse(group, text, expected, "correct the period");
        return null;
    }
}
