using System.Collections.Immutable;
using EdgeGateway.Config.Model;
using EdgeGateway.Drivers;

namespace EdgeGateway.Config;

/// <summary>
/// Reads a site folder: <c>site.yaml</c>, <c>lines/*.yaml</c>, the maps they name and, if it is there, <c>plant.yaml</c>. Finds every fault in one pass, except those that
/// follow from another fault, and never throws for bad input.
/// </summary>
internal sealed class PlantLoader(SiteFolder folder, IReadOnlyList<DriverType> protocols, FaultList faults)
{
    /// <summary>The most signals of a plant: what one gateway can be asked for.</summary>
    public const int MaxSignals = 200_000;

    /// <summary>Reads the site folder with every protocol this gateway speaks.</summary>
    public static PlantLoad Load(string siteFolder) => Load(siteFolder, DriverCatalog.All);

    /// <summary>Reads the site folder with the given protocols.</summary>
    public static PlantLoad Load(string siteFolder, IReadOnlyList<DriverType> protocols)
    {
        var faults = new FaultList();
        var plant = SiteFolder.Open(siteFolder, faults) is { } folder ? new PlantLoader(folder, protocols, faults).Load() : null;
        return new PlantLoad(faults.Count == 0 ? plant : null, faults.InOrder());
    }

    private Plant? Load()
    {
        var site = new SiteReader(folder, faults).Read();
        var ofSite = faults.Count;
        var drafts = new LineReader(folder, protocols, faults).ReadAll();
        var check = new PlantCheck(faults);
        check.CheckOnce(drafts);

        var maps = ReadMaps(drafts);
        check.CheckGroups([.. maps.Select(pair => (pair.Key, pair.Value))]);
        if (!FitsSignals(maps)) return null;
        var status = new StatusBook(drafts.SelectMany(draft => draft.Devices), maps);
        status.Check(maps, faults);

        var lines = ImmutableArray.CreateBuilder<Line>();
        foreach (var draft in drafts)
        {
            var devices = draft.Devices
                .Select(device => maps.TryGetValue(device, out var map) ? DeviceBuilder.Build(device, map, status) : null)
                .OfType<Device>()
                .ToImmutableArray();
            check.CheckTurns(draft);
            check.CheckAddresses(draft);
            if (draft is not { Name: not null, Connect: not null, Protocol: not null }) continue;
            var line = new Line(draft.Name, draft.Connect, draft.Protocol, devices) { Settings = draft.Settings };
            check.CheckBudget(draft, line);
            lines.Add(line);
        }
        var model = new PlantModelReader(folder, new SignalBook(lines, isWhole: faults.Count == ofSite), faults).Read();
        return site is null
            ? null
            : new Plant
            {
                Site = site.Site,
                Gateway = site.Gateway,
                Title = site.Title,
                Broker = site.Broker,
                Recording = site.Recording,
                Outbox = site.Outbox,
                Signing = site.Signing,
                Mirror = site.Mirror,
                Lines = lines.ToImmutable(),
                Model = model,
                ConfigHash = folder.Hash(),
            };
    }

    private Dictionary<DeviceDraft, DeviceMap> ReadMaps(ImmutableArray<LineDraft> drafts)
    {
        var reader = new MapReader(folder, faults);
        var maps = new Dictionary<DeviceDraft, DeviceMap>(ReferenceEqualityComparer.Instance);
        foreach (var draft in drafts)
            foreach (var device in draft.Devices)
                if (device is { MapFile: { } file, Protocol: { } protocol } && reader.Read(file, protocol) is { } map) maps.Add(device, map);
        return maps;
    }

    private bool FitsSignals(Dictionary<DeviceDraft, DeviceMap> maps)
    {
        var signals = maps.Values.Sum(map => (long)map.Points.Count);
        if (signals <= MaxSignals) return true;
        faults.Add("lines/", 0, $"{signals} signals", $"at most {MaxSignals} per gateway", "give the plant a second gateway");
        return false;
    }
}
