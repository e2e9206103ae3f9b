using EdgeGateway.Config;
using EdgeGateway.Drivers;

namespace EdgeGateway.Commands.Probe;

/// <summary>A line, and what on it is asked.</summary>
/// <param name="Connect">Where.</param>
/// <param name="Devices">Each with the protocol that it speaks.</param>
internal sealed record ProbeTarget(Uri Connect, IReadOnlyList<ProbeDevice> Devices)
{
    /// <summary>The line's own keys; null for a protocol without any.</summary>
    public LineSettings? Settings { get; init; }

    /// <summary>Who asks, <c>site/gateway</c>: servers with certificates know the gateway by it.</summary>
    public string Gateway { get; init; } = "probe/here";

    /// <summary>Where drivers keep whom they trust.</summary>
    public string StateFolder { get; init; } = ".";

    /// <summary>The line, device or signal of this name; null if the plant has none.</summary>
    public static ProbeTarget? Find(Plant plant, string name)
    {
        foreach (var line in plant.Lines)
        {
            if (line.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                return On(line, [.. line.Devices.Select(device => Of(line, device, _ => true))]);
        }
        foreach (var line in plant.Lines)
        {
            foreach (var device in line.Devices)
            {
                if (device.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) return On(line, [Of(line, device, _ => true)]);
                var found = Of(line, device, signal => signal.Id.Text.Equals(name, StringComparison.OrdinalIgnoreCase));
                if (found.Signals.Count > 0) return On(line, [found]);
            }
        }
        return null;

        ProbeTarget On(Line line, IReadOnlyList<ProbeDevice> devices) => new(line.Connect, devices) { Settings = line.Settings, Gateway = $"{plant.Site}/{plant.Gateway}" };
    }

    private static ProbeDevice Of(Line line, Device device, Func<Signal, bool> isAsked) =>
        new(device.Name, line.ProtocolOf(device), device.Settings,
            [.. device.Groups.SelectMany(group => group.Signals.Zip(group.Poll.Points)).Where(pair => isAsked(pair.First))]);
}

/// <summary>One device and the signals that are asked of it.</summary>
internal sealed record ProbeDevice(string Name, DriverType Protocol, DeviceSettings Settings, IReadOnlyList<(Signal Signal, DevicePoint Point)> Signals);
