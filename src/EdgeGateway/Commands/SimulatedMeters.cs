using System.Collections.Immutable;
using System.Text;
using EdgeGateway.Config;
using EdgeGateway.Drivers.Dlt645;
using EdgeGateway.PlantSimulator;

namespace EdgeGateway.Commands;

/// <summary>The simulated twins of meters: the same addresses, data identifiers and formats. A block is whole, also where the map asks for some of it.</summary>
internal static class SimulatedMeters
{
    /// <summary>The meter that answers for a device.</summary>
    public static SimulatedMeter MeterOf(Device device)
    {
        var settings = (MeterDevice)device.Settings;
        var items = new Dictionary<(string Block, int Member), MeterItem>();
        foreach (var group in device.Groups)
            foreach (var (signal, point) in group.Signals.Zip(group.Poll.Points))
                Add(items, signal, (MeterPoint)point, settings);
        return new SimulatedMeter(device.Name, AddressOf(settings), [.. items.Values]);
    }

    /// <summary>The address of the meter that answers: unknown digits are zeros here.</summary>
    public static string AddressOf(MeterDevice device) => device.Address.ToString().Replace('A', '0');

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
                items[key] = Joined(there, point.Signal, signal, block.Parts[part]);
            else if (isAsked || !items.ContainsKey(key))
                items[key] = ItemOf(isAsked ? point.Signal : NameOf(block, part), member, block, part, signal, isAsked);
        }
    }

    // No signal can be called so: it holds a dot.
    private static string NameOf(DataItem block, int part) => $"{block.IdentifierText}.{part + 1}";

    // One value under several names: as it is, scaled in other ways, and as a state.
    private static MeterItem Joined(MeterItem item, string name, Signal signal, ItemFormat format) => item with
    {
        Names = item.Names.Add(name),
        Readings = item.Readings.Add(name, ReadingOf(signal)),
        Waveform = SimulatedSite.StatesOf(signal) is { } states ? WaveformOf(states, format) ?? item.Waveform : item.Waveform,
    };

    private static MeterItem ItemOf(string name, DataItem? member, DataItem block, int part, Signal signal, bool isAsked)
    {
        var format = block.Parts[part];
        var moves = WaveformOf(format, member?.Name ?? name, member?.Unit ?? signal.Unit, isAsked ? signal.Role ?? "" : "");
        return new MeterItem
        {
            Names = [name],
            Identifier = member?.IdentifierText ?? "",
            Block = block.Parts.Length > 1 ? block.IdentifierText : "",
            Member = part + 1,
            Format = format.Text,
            IsSigned = format.IsSigned,
            Readings = isAsked ? ImmutableDictionary<string, MeterReading>.Empty.Add(name, ReadingOf(signal)) : ImmutableDictionary<string, MeterReading>.Empty,
            Waveform = isAsked && SimulatedSite.StatesOf(signal) is { } states ? WaveformOf(states, format) ?? moves : moves,
        };
    }

    private static MeterReading ReadingOf(Signal signal) => new()
    {
        Scale = signal.Scaling.Span is null ? signal.Scaling.Factor : 1m,
        Offset = signal.Scaling.Span is null ? signal.Scaling.Offset : 0m,
        Span = SimulatedSite.SpanOf(signal),
        States = SimulatedSite.StatesOf(signal),
    };

    /// <summary>The codes of a state, as far as the format can show them; null if it can show none.</summary>
    private static Waveform? WaveformOf(StateWord states, ItemFormat format)
    {
        if (format.Kind is ItemKind.Bits or ItemKind.Number) return Waveforms.For(states, PointType.Int64);
        string[] texts = [.. states.Texts.Where(text => text.Length == 2 * format.Bytes && text.All(char.IsAsciiDigit))];
        return texts.Length == 0 ? null : Waveform.Text(5, texts);
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

    // What a meter shows: dates with hyphens, times with colons, and a blank between the two and before the weekday.
    private static string TimeOf(ItemFormat format)
    {
        var shown = new StringBuilder();
        for (var at = 0; at < format.Text.Length; at += 2)
        {
            var (before, now) = (at == 0 ? "" : format.Text.Substring(at - 2, 2), format.Text.Substring(at, 2));
            if (at > 0) shown.Append(IsOfClock(before) && IsOfClock(now) ? ':' : IsOfClock(before) || IsOfClock(now) || now == "WW" ? ' ' : '-');
            shown.Append(now switch { "YY" => "26", "MM" => "01", "DD" => "05", "WW" => "01", "hh" => "08", "mm" => "30", _ => "15" });
        }
        return shown.ToString();
    }

    private static bool IsOfClock(string pair) => pair is "hh" or "mm" or "ss";
}
