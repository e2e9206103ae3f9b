namespace EdgeGateway.Drivers.Modbus;

/// <summary>Modbus TCP: its keys and columns, and its driver.</summary>
internal sealed class ModbusTcpType : ModbusType
{
    /// <inheritdoc/>
    public override string Name => "modbus-tcp";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Schemes { get; } = ["tcp", DialInAddress.Scheme];

    /// <inheritdoc/>
    public override IReadOnlyList<string> DeviceKeys => ModbusKeys.TcpDevice;

    /// <inheritdoc/>
    public override DeviceSettings? ReadDevice(SettingRow row) => ModbusKeys.ReadDevice(row, isSerial: false);

    /// <summary>Between frames without a check, a heartbeat must not pass for the start of one: a frame has two zeros behind its transaction id.</summary>
    public override string? HeartbeatNeeded(ReadOnlySpan<byte> heartbeat) =>
        heartbeat.IsEmpty || (heartbeat.Length >= 4 && (heartbeat[2] != 0 || heartbeat[3] != 0))
            ? null
            : "a heartbeat of at least four bytes, of which the third and fourth are not both 0";

    /// <summary>As many questions as the device's window has room for take the time of one.</summary>
    public override TimeSpan LeastTime(PollGroup group)
    {
        var window = ((ModbusDevice)group.Device).Window;
        return LeastQuestionTime * ((Questions(group) + window - 1) / window);
    }

    /// <inheritdoc/>
    private protected override ModbusExchange CreateExchange(TimeProvider time) => new MbapExchange(time);
}
