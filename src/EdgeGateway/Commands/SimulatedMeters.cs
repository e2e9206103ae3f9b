using EdgeGateway.Config;
using EdgeGateway.Drivers.Dlt645;
using EdgeGateway.PlantSimulator;

namespace EdgeGateway.Commands;

/// <summary>The simulated twins of meters: the same addresses, data identifiers and formats. A block is whole, also where the map asks for some of it.</summary>
internal static class SimulatedMeters
{
    /// <param name="line">The line of the site.</param>
    /// <param name="host">Where the twin listens.</param>
    /// <param name="port">Its port; 0 for a free one.</param>
    /// <param name="path">Its serial port; null for one on TCP.</param>
    public static SimulatedLine LineOf(Line line, string host, int port, string? path)
    {
        SimulatedMeter[] meters = [.. line.Devices.Select(MeterOf)];
        return path is null ? SimulatedLine.OfMeters(line.Name, meters, host, port) : SimulatedLine.OfMetersOnPort(line.Name, meters, path);
    }

    private static SimulatedMeter MeterOf(Device device)
    {
        var settings = (MeterDevice)device.Settings;
        var items = new Dictionary<(string Block, int Member), MeterItem>();
        foreach (var group in device.Groups)
            foreach (var (signal, point) in group.Signals.Zip(group.Poll.Points))
                Add(items, signal, (MeterPoint)point, settings);
        // Unknown digits of an address are zeros here.
        return new SimulatedMeter(device.Name, settings.Address.ToString().Replace('A', '0'), [.. items.Values]);
    }

    private static void Add(Dictionary<(string Block, int Member), MeterItem> items, Signal signal, MeterPoint point, MeterDevice device)
    {
        var item = point.ItemOn(device);
        var block = ItemTable.BlockOf(item) ?? item;
        for (var part = 0; part < block.Parts.Length; part++)
        {
            var member = ItemTable.All.FirstOrDefault(other => other.Edition == block.Edition && other.Block == block.Identifier && other.PartOfBlock == part)
                ?? (block.Parts.Length == 1 ? block : null);
            var key = (block.IdentifierText, part);
            var isAsked = part == (ReferenceEquals(block, item) ? point.Part : item.PartOfBlock);
            if (isAsked && items.TryGetValue(key, out var there) && there.Names[0] != NameOf(block, part))
                items[key] = there with { Names = there.Names.Add(point.Signal) };
            else if (isAsked || !items.ContainsKey(key))
                items[key] = ItemOf(isAsked ? point.Signal : NameOf(block, part), member, block, part, signal, isAsked);
        }
    }

    // No signal can be called so: it holds a dot.
    private static string NameOf(DataItem block, int part) => $"{block.IdentifierText}.{part + 1}";

    private static MeterItem ItemOf(string name, DataItem? member, DataItem block, int part, Signal signal, bool isAsked)
    {
        var format = block.Parts[part];
        return new MeterItem
        {
            Names = [name],
            Identifier = member?.IdentifierText ?? "",
            Block = block.Parts.Length > 1 ? block.IdentifierText : "",
            Member = part + 1,
            Format = format.Text,
            IsSigned = format.IsSigned,
            Scale = isAsked ? signal.Scaling.Factor : 1m,
            Offset = isAsked ? signal.Scaling.Offset : 0m,
            Waveform = WaveformOf(format, member?.Name ?? name, member?.Unit ?? signal.Unit, isAsked ? signal.Role ?? "" : ""),
        };
    }

    private static Waveform WaveformOf(ItemFormat format, string name, string unit, string role)
    {
        if (format.Kind == ItemKind.Digits) return Waveform.Text(new string('7', 2 * format.Bytes));
        if (format.Kind == ItemKind.Time) return Waveform.Text(TimeOf(format));
        // Ratios, constants and states of a meter stand still.
        if (unit.Length == 0 && !name.StartsWith("pf", StringComparison.Ordinal)) return Waveform.Constant(1);
        var waveform = Waveforms.For(unit, null, role, name);
        var most = format.Text.Contains('.', StringComparison.Ordinal) ? Math.Pow(10, format.Text.IndexOf('.', StringComparison.Ordinal)) * (format.IsSigned ? 0.8 : 1) : double.MaxValue;
        // What a meter behind transformers shows: secondary values, which its digits can hold.
        return waveform.Kind == WaveformKind.Wander && waveform.Mean + 6 * waveform.Spread > most ? Waveform.Wander(most / 4, most / 100, 0, most / 2) : waveform;
    }

    private static string TimeOf(ItemFormat format) => format.Text switch
    {
        "YYMMDDWW" => "26-01-05 01",
        "hhmmss" => "08:30:15",
        "YYMMDDhhmm" => "26-01-05 08:30",
        "YYMMDDhhmmss" => "26-01-05 08:30:15",
        _ => format.Words(Enumerable.Repeat((byte)0x11, format.Bytes).ToArray()).Value.AsText ?? "",
    };
}
