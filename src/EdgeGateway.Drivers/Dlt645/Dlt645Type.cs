using EdgeGateway.Drivers.Framing;

namespace EdgeGateway.Drivers.Dlt645;

/// <summary>DL/T 645-2007 and -1997: its keys and columns, and its driver.</summary>
internal sealed class Dlt645Type : DriverType
{
    /// <summary>What one question costs at the very least, besides the silence in front of it. Only budgets that no meter can keep are refused by it.</summary>
    private static readonly TimeSpan LeastQuestionTime = TimeSpan.FromMilliseconds(2);

    /// <summary>A meter answers after 20 to 500 ms.</summary>
    private static readonly TimeSpan LongestThought = TimeSpan.FromMilliseconds(500);

    /// <summary>For serial servers, radio, and meters that are a little late.</summary>
    private static readonly TimeSpan ScanMargin = TimeSpan.FromMilliseconds(100);

    /// <summary>The speed behind a serial server is not known; ordinary meters have 2400 baud, eleven bits to a character.</summary>
    private static readonly TimeSpan UsualCharacterTime = TimeSpan.FromSeconds(11.0 / 2400);

    /// <inheritdoc/>
    public override string Name => "dlt645";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Schemes { get; } = ["tcp", SerialAddress.Scheme, DialInAddress.Scheme];

    /// <inheritdoc/>
    public override IReadOnlyList<string> DeviceKeys => Dlt645Keys.Device;

    /// <inheritdoc/>
    public override IReadOnlyList<string> PointColumns => Dlt645Keys.Point;

    /// <inheritdoc/>
    public override DeviceSettings? ReadDevice(SettingRow row) => Dlt645Keys.ReadDevice(row);

    /// <inheritdoc/>
    public override DevicePoint? ReadPoint(string signal, SettingRow row) => Dlt645Keys.ReadPoint(signal, row);

    /// <summary>By block (or identifier), so that its members stand together; in it those that name the block itself first; then by member.</summary>
    public override int Compare(DevicePoint left, DevicePoint right) => KeyOf((MeterPoint)left).CompareTo(KeyOf((MeterPoint)right));

    /// <summary>The same identifier of a vendor cannot mean two things.</summary>
    public override bool Overlap(DevicePoint left, DevicePoint right)
    {
        var (a, b) = (((MeterPoint)left).Item, ((MeterPoint)right).Item);
        return a.Edition == b.Edition && a.Identifier == b.Identifier
            && (a.FormatText != b.FormatText || a.Parts.Any(part => part.IsSigned) != b.Parts.Any(part => part.IsSigned));
    }

    /// <inheritdoc/>
    public override int Bits(DevicePoint point) => Fewest((MeterPoint)point);

    /// <inheritdoc/>
    public override string DeviceAddress(DeviceSettings device) => $"address {((MeterDevice)device).Address}";

    /// <inheritdoc/>
    public override TimeSpan LeastTime(PollGroup group)
    {
        var device = (MeterDevice)group.Device;
        return (LeastQuestionTime + device.Quiet) * ReadPlan.Make(group.Points, device).Length;
    }

    /// <inheritdoc/>
    public override TimeSpan LeastTime(PollGroup group, SerialAddress? port)
    {
        var device = (MeterDevice)group.Device;
        var time = LeastTime(group);
        if (port is null) return time;
        foreach (var question in ReadPlan.Make(group.Points, device))
            time += port.CharacterTime * (device.Preamble + 2 * (Dlt645Frame.EmptyBytes + question.Item.IdentifierBytes) + question.Item.Bytes);
        return time;
    }

    /// <inheritdoc/>
    public override IBusScan CreateScan(TimeProvider time) => new MeterScan(time);

    /// <summary>The time on the wire of what <see cref="MeterScan"/> asks and is told, the 500 ms that a meter may think, and a margin.</summary>
    public override TimeSpan ScanPatience(SerialAddress? port) =>
        (port?.CharacterTime ?? UsualCharacterTime) * MeterScan.CharactersOfQuestionAndReply + LongestThought + ScanMargin;

    /// <inheritdoc/>
    public override string? PortNeeded(SerialAddress port) => port.DataBits == 8 ? null : "8 data bits, such as format=8E1";

    /// <inheritdoc/>
    public override IDriver Create(string line, TimeProvider time) => new MeterDriver(time);

    // An item that is asked for by its name may differ between the editions.
    private static int Fewest(MeterPoint point) => new[] { point.Item2007, point.Item1997 }.OfType<DataItem>().Where(item => item.Parts.Length > point.Part)
        .Min(item => item.Parts[point.Part] is { Kind: ItemKind.Bits } format ? 8 * format.Bytes : 0); // the bits of digits are not those of their number

    private static (Edition Edition, uint Block, bool IsMember, uint Identifier, int Part) KeyOf(MeterPoint point)
    {
        var item = point.Item;
        return item.Block == 0 ? (item.Edition, item.Identifier, false, item.Identifier, point.Part) : (item.Edition, item.Block, true, item.Identifier, point.Part);
    }
}
