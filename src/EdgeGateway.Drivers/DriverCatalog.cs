namespace EdgeGateway.Drivers;

/// <summary>Every protocol this gateway speaks.</summary>
public static class DriverCatalog
{
    /// <summary>All protocols, in the order help texts show them.</summary>
    public static IReadOnlyList<DriverType> All { get; } =
    [
        new Modbus.ModbusTcpType(),
        Modbus.ModbusSerialType.Rtu,
        Modbus.ModbusSerialType.Ascii,
        new Dlt645.Dlt645Type(),
        new OpcUa.Polling.OpcUaType(),
    ];

    /// <summary>The protocol of this name, or null.</summary>
    public static DriverType? Find(string name) =>
        All.FirstOrDefault(type => string.Equals(type.Name, name, StringComparison.OrdinalIgnoreCase));
}
