namespace EdgeGateway.Drivers.Modbus;

/// <summary>Modbus TCP: its keys and columns, and its driver.</summary>
internal sealed class ModbusTcpType : ModbusType
{
    /// <inheritdoc/>
    public override string Name => "modbus-tcp";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Schemes { get; } = ["tcp"];

    /// <inheritdoc/>
    public override IReadOnlyList<string> DeviceKeys => ModbusKeys.TcpDevice;

    /// <inheritdoc/>
    public override DeviceSettings? ReadDevice(SettingRow row) => ModbusKeys.ReadDevice(row, isSerial: false);

    /// <inheritdoc/>
    public override TimeSpan LeastTime(PollGroup group) => LeastQuestionTime * Questions(group);

    /// <inheritdoc/>
    private protected override ModbusExchange CreateExchange(TimeProvider time) => new MbapExchange(time);
}
