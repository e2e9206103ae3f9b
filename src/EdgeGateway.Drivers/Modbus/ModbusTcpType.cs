namespace EdgeGateway.Drivers.Modbus;

/// <summary>Modbus TCP.</summary>
internal sealed class ModbusTcpType : DriverType
{
    public override string Name => "modbus-tcp";
    public override IReadOnlyList<string> Schemes => ["tcp"];
    public override IReadOnlyList<string> DeviceKeys => throw new NotSupportedException();
    public override IReadOnlyList<string> PointColumns => throw new NotSupportedException();
    public override DeviceSettings? ReadDevice(SettingRow row) => throw new NotSupportedException();
    public override DevicePoint? ReadPoint(string signal, SettingRow row) => throw new NotSupportedException();
    public override int Compare(DevicePoint left, DevicePoint right) => throw new NotSupportedException();
    public override bool Overlap(DevicePoint left, DevicePoint right) => throw new NotSupportedException();
    public override TimeSpan LeastTime(PollGroup group) => throw new NotSupportedException();
    public override IDriver Create(string line, TimeProvider time) => throw new NotSupportedException();
}
