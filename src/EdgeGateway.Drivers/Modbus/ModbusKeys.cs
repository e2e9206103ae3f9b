namespace EdgeGateway.Drivers.Modbus;

/// <summary>The device keys that all kinds of Modbus share, and what is refused in them.</summary>
internal static class ModbusKeys
{
    private static readonly Dictionary<string, WordOrder?> Orders = new()
    {
        ["ABCD"] = WordOrder.BigEndian,
        ["CDAB"] = WordOrder.WordSwap,
        ["BADC"] = WordOrder.ByteSwap,
        ["DCBA"] = WordOrder.LittleEndian,
    };

    private static readonly Dictionary<string, bool> YesNo = new() { ["yes"] = true, ["no"] = false, ["true"] = true, ["false"] = false };

    private static readonly string[] Shared = ["unit", "timeout", "max-registers", "max-bits", "max-gap", "word-order", "single-reads"];

    /// <summary>The keys of a device on Modbus TCP.</summary>
    public static IReadOnlyList<string> TcpDevice { get; } = [.. Shared, "window"];

    /// <summary>The keys of a device behind serial frames.</summary>
    public static IReadOnlyList<string> SerialDevice { get; } = [.. Shared, "quiet"];

    /// <summary>Reads a device's keys.</summary>
    /// <param name="row">The keys.</param>
    /// <param name="isSerial">True for RTU and ASCII: unit 0 is everybody there and answers nobody, and registers read along cost time.</param>
    public static ModbusDevice? ReadDevice(SettingRow row, bool isSerial)
    {
        var device = new ModbusDevice
        {
            Unit = (byte)row.Whole("unit", 1, isSerial ? 1 : 0, 255),
            Timeout = row.Duration("timeout", TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(60)),
            MaxRegisters = row.Whole("max-registers", ModbusDevice.ProtocolMaxRegisters, 1, ModbusDevice.ProtocolMaxRegisters),
            MaxBits = row.Whole("max-bits", ModbusDevice.ProtocolMaxBits, 1, ModbusDevice.ProtocolMaxBits),
            MaxGap = row.Whole("max-gap", isSerial ? 8 : 32, 0, ModbusDevice.ProtocolMaxRegisters - 1),
            WordOrder = row.OneOf("word-order", WordOrder.BigEndian, Orders) ?? WordOrder.BigEndian,
            SingleReads = row.OneOf("single-reads", false, YesNo),
            Window = isSerial ? 1 : row.Whole("window", 1, 1, ModbusDevice.ProtocolMaxWindow),
            Quiet = isSerial ? row.Duration("quiet", TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1)) : TimeSpan.Zero,
        };
        return row.HasFaults ? null : device;
    }
}
