using EdgeGateway.Drivers;

namespace EdgeGateway.Config;

/// <summary>Finds the status signals that values name, over all devices of the plant.</summary>
internal sealed class StatusBook
{
    private readonly Dictionary<string, bool> _hasStates = new(StringComparer.Ordinal);
    private readonly bool _isWhole = true;

    /// <summary>A book of every signal that could be read.</summary>
    /// <param name="drafts">All devices.</param>
    /// <param name="maps">The maps of those that have one.</param>
    public StatusBook(IEnumerable<DeviceDraft> drafts, IReadOnlyDictionary<DeviceDraft, DeviceMap> maps)
    {
        foreach (var draft in drafts)
        {
            if (draft.Name is null || !maps.TryGetValue(draft, out var map) || !map.IsComplete)
            {
                _isWhole = false;
                continue;
            }
            foreach (var point in map.Points)
            {
                if (point.Name is null || point.Point is null) _isWhole = false;
                else _hasStates.TryAdd($"{draft.Name}.{point.Name}", point.Meaning.States is not null);
            }
        }
    }

    /// <summary>The signal with states that <paramref name="name"/> stands for, as seen from a device; null if there is none.</summary>
    public SignalId? Find(string device, string name)
    {
        var full = name.Contains('.') ? name : $"{device}.{name}";
        if (_hasStates.GetValueOrDefault(full)) return new SignalId(full);
        var made = full + MapReader.StateSuffix;
        return _hasStates.GetValueOrDefault(made) ? new SignalId(made) : null;
    }

    /// <summary>Reports every status that names nothing, each place in a map once. Where signals are missing because of other faults, nothing is said.</summary>
    public void Check(IReadOnlyDictionary<DeviceDraft, DeviceMap> maps, FaultList faults)
    {
        if (!_isWhole) return;
        var told = new HashSet<(string File, int Line, string Name)>();
        foreach (var (draft, map) in maps)
        {
            foreach (var point in map.Points)
                foreach (var name in point.Status)
                    if (Find(draft.Name!, name) is null && told.Add((map.File, point.Line, name))) Refuse(draft.Name!, map.File, point.Line, name, faults); // not null: the book is whole
        }
    }

    private void Refuse(string device, string file, int line, string name, FaultList faults)
    {
        var full = name.Contains('.') ? name : $"{device}.{name}";
        var isThere = _hasStates.ContainsKey(full);
        var nearest = isThere || faults.IsFull ? null : NearestName.Of(full, _hasStates.Where(pair => pair.Value).Select(pair => pair.Key));
        faults.Add(file, line, isThere ? $"status {ConfigFault.Quote(name)}, a signal without states" : $"status {ConfigFault.Quote(name)}",
            "a signal with states: of the same device by its name, of another as device.signal",
            isThere ? $"give {full} its states" : nearest is null ? "correct status" : $"write {(nearest.StartsWith(device + '.', StringComparison.Ordinal) ? nearest[(device.Length + 1)..] : nearest)}");
    }
}
