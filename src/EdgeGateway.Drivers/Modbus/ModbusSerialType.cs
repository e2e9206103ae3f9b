using EdgeGateway.Drivers.Framing;

namespace EdgeGateway.Drivers.Modbus;

/// <summary>Modbus in the frames of serial lines: RTU and ASCII.</summary>
internal sealed class ModbusSerialType : ModbusType
{
    private readonly SerialFrame _frame;

    private ModbusSerialType(string name, SerialFrame frame) => (Name, _frame) = (name, frame);

    /// <summary>RTU frames.</summary>
    public static ModbusSerialType Rtu { get; } = new("modbus-rtu", new RtuFrame());

    /// <summary>ASCII frames.</summary>
    public static ModbusSerialType Ascii { get; } = new("modbus-ascii", new AsciiFrame());

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Schemes { get; } = ["tcp", SerialAddress.Scheme, DialInAddress.Scheme];

    /// <summary>ASCII needs seven bits of each character, RTU all eight (Modbus over Serial Line V1.02, 2.5.1 and 2.5.2).</summary>
    public override string? PortNeeded(SerialAddress port) => this == Rtu && port.DataBits != 8 ? "8 data bits, such as format=8N1" : null;

    /// <inheritdoc/>
    public override IReadOnlyList<string> DeviceKeys => ModbusKeys.SerialDevice;

    /// <inheritdoc/>
    public override DeviceSettings? ReadDevice(SettingRow row) => ModbusKeys.ReadDevice(row, isSerial: true);

    /// <summary>Each question waits once for the line to be quiet, at whatever speed it runs.</summary>
    public override TimeSpan LeastTime(PollGroup group) => (LeastQuestionTime + ((ModbusDevice)group.Device).Quiet) * Questions(group);

    /// <summary>And every byte of the questions and answers has to cross the wire.</summary>
    public override TimeSpan LeastTime(PollGroup group, SerialAddress? port)
    {
        if (port is null) return LeastTime(group);
        var device = (ModbusDevice)group.Device;
        var quiet = device.Quiet > port.FrameSilence ? device.Quiet : port.FrameSilence;
        var time = TimeSpan.Zero;
        foreach (var question in ReadPlan.Make(group.Points, device))
            time += LeastQuestionTime + quiet + port.CharacterTime * (OnWire(1 + ReadPdu.QuestionBytes) + OnWire(1 + 2 + question.DataBytes));
        return time;
    }

    /// <summary>Characters of a frame around so many bytes: with a CRC of two bytes; or twice as many digits, an LRC of two, colon, CR and LF.</summary>
    private int OnWire(int contentBytes) => this == Rtu ? contentBytes + 2 : 2 * contentBytes + 5;

    /// <inheritdoc/>
    private protected override ModbusExchange CreateExchange(TimeProvider time) => new SerialExchange(_frame, time);
}
