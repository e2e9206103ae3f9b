using EdgeGateway.Drivers;

namespace EdgeGateway.Config.Model;

/// <summary>The signals of the lines, for those who name them.</summary>
internal sealed class SignalBook
{
    private readonly Dictionary<string, (Signal Signal, TimeSpan Period)> _signals = new(StringComparer.Ordinal);

    /// <param name="lines">Every line that could be read.</param>
    /// <param name="isWhole">False if signals may be missing because of other faults.</param>
    public SignalBook(IEnumerable<Line> lines, bool isWhole)
    {
        IsWhole = isWhole;
        foreach (var group in lines.SelectMany(line => line.Devices).SelectMany(device => device.Groups))
            foreach (var signal in group.Signals) _signals.TryAdd(signal.Id.Text, (signal, group.Poll.Period));
    }

    /// <summary>False if a name that is not found may be right all the same.</summary>
    public bool IsWhole { get; }

    /// <summary>The signal of a full name, and how often it is read; null if there is none.</summary>
    public (Signal Signal, TimeSpan Period)? Find(string name) => _signals.TryGetValue(name, out var found) ? found : null;

    /// <summary>What was probably meant: a signal of the same device, or one of the same name of a device with a similar one.</summary>
    public string? Nearest(string name)
    {
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        if (dot <= 0 || name.Length > SignalId.MaxPartLength * 2) return null;
        var ofDevice = _signals.Keys.Where(other => other.AsSpan().StartsWith(name.AsSpan(0, dot + 1))).ToList();
        return NearestName.Of(name, ofDevice.Count > 0 ? ofDevice : _signals.Keys.Where(other => other.AsSpan().EndsWith(name.AsSpan(dot))));
    }
}
